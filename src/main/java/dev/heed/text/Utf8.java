package dev.heed.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Text from bytes, none of them guessed. */
final class Utf8 {
    private Utf8() {}

    /** The text, or where the bytes are none. */
    static String strict(byte[] bytes) throws BadLine {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        if (result.isError()) {
            throw new BadLine(
                    "not UTF-8: byte 0x%02X at position %d".formatted(bytes[in.position()] & 0xFF, in.position() + 1));
        }
        return out.flip().toString();
    }
}
