package dev.heed.exchange;

import dev.heed.run.UserError;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Bytes that were packed, as they come out: no more of them than a file of that size can honestly hold. Text packs to a
 * fiftieth at best, zip bombs to a thousandth and less.
 */
final class Packed extends FilterInputStream {
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
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws IOException {
        int more = super.read(buffer, from, length);
        read += Math.max(0, more);
        if (read > most) {
            throw new UserError("%s unpacks to more than %d bytes, %d times its size; it is no honest file"
                    .formatted(what, most, MOST_TIMES));
        }
        return more;
    }

    @Override
    public long skip(long n) throws IOException {
        return readNBytes((int) Math.min(n, 1 << 16)).length; // so that it is counted
    }
}
