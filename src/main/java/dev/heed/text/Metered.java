package dev.heed.text;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream of which every byte that is read, or passed over, is told. */
public abstract class Metered extends FilterInputStream {
    protected Metered(InputStream in) {
        super(in);
    }

    /** So many more were read; what it throws ends the reading. */
    protected abstract void more(int bytes) throws IOException;

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws IOException {
        int bytes = super.read(buffer, from, length);
        more(Math.max(0, bytes));
        return bytes;
    }

    @Override
    public long skip(long n) throws IOException {
        return readNBytes((int) Math.min(n, 1 << 16)).length;
    }
}
