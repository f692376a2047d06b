package dev.heed.exchange;

import dev.heed.run.UserError;
import dev.heed.text.Metered;
import java.io.InputStream;

/**
 * Bytes that were packed, as they come out: no more of them than a file of that size can honestly hold. Text packs to a
 * fiftieth at best, zip bombs to a thousandth and less.
 */
final class Packed extends Metered {
    private static final long MOST_TIMES = 200;
    private static final long ALWAYS = 64L << 20; // bytes

    private final String what;
    private final long most;
    private long read;

    /** @param packed bytes of the file that holds it */
    Packed(InputStream in, String what, long packed) {
        super(in);
        this.what = what;
        this.most = Math.max(ALWAYS, MOST_TIMES * packed);
    }

    @Override
    protected void more(int bytes) {
        read += bytes;
        if (read > most) {
            throw new UserError("%s unpacks to more than %d bytes, %d times its size; it is no honest file"
                    .formatted(what, most, MOST_TIMES));
        }
    }
}
