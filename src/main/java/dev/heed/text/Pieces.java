package dev.heed.text;

import dev.heed.run.Draws;
import dev.heed.run.UserError;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A text file of any size in pieces, in an order drawn from a seed, so that its beginning says what all of it does: who reads a part
 * has read of every book. Of lines in JSON each is a piece; of plain text so many paragraphs that follow each other as make it long
 * enough. Only where pieces lie is kept in memory.
 */
public final class Pieces {
    private static final int MOST_TIMES = 16; // a text without blank lines is cut at a word's end
    private static final int CHUNK = 1 << 20;

    private final Path file;
    private final long seed;
    private final Ends ends;

    /** Where pieces end, the first having begun at 0; what lies between two may begin or end with blank lines. */
    private static final class Ends {
        private long[] at = new long[1024];
        private int count;

        void add(long end) {
            if (count == at.length) {
                at = Arrays.copyOf(at, 2 * count);
            }
            at[count++] = end;
        }

        long start(int piece) {
            return piece == 0 ? 0 : at[piece - 1];
        }
    }

    private Pieces(Path file, long seed, Ends ends) {
        this.file = file;
        this.seed = seed;
        this.ends = ends;
    }

    /**
     * Looks where the pieces of a file lie.
     *
     * @param least bytes of a piece of plain text, but for the last
     * @param seed of the order
     * @throws UserError if there is no file, or nothing in it
     */
    public static Pieces of(Path file, int least, long seed) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), CHUNK)) {
            Ends ends = file.toString().endsWith(".jsonl") ? lines(in) : paragraphs(in, least);
            if (ends.count == 0) {
                throw new UserError("%s has no text; it needs at least one document".formatted(file));
            }
            return new Pieces(file, seed, ends);
        } catch (NoSuchFileException e) {
            throw new UserError("there is no text at " + file, e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static Ends lines(InputStream in) throws IOException {
        Ends ends = new Ends();
        long at = 0;
        long start = 0;
        for (int c = in.read(); c >= 0; c = in.read()) {
            at++;
            if (c == '\n') {
                ends.add(at);
                start = at;
            }
        }
        if (at > start) {
            ends.add(at);
        }
        return ends;
    }

    private static Ends paragraphs(InputStream in, int least) throws IOException {
        Ends ends = new Ends();
        long at = 0;
        long first = -1; // where this piece begins to say something; −1: it does not yet
        long last = 0; // where it has ended so far
        boolean blank = true; // nothing yet in this line
        for (int c = in.read(); c >= 0; c = in.read()) {
            at++;
            boolean space = c <= ' ';
            if (!space) {
                first = first < 0 ? at - 1 : first;
                last = at;
            } else if (first >= 0 && last - first >= (c == '\n' && blank ? least : (long) MOST_TIMES * least)) {
                ends.add(at);
                first = -1;
            }
            blank = c == '\n' || (blank && space);
        }
        if (first >= 0) {
            ends.add(at);
        }
        return ends;
    }

    /**
     * Those of the chosen pieces, in the order that was drawn, each read when it is asked for.
     *
     * @param chosen by their places in the file, counted from 0
     * @param words what a piece says, of its place and its text without the white space around it
     */
    public Stream<String> stream(IntPredicate chosen, Words words) {
        return IntStream.of(Draws.permutation(ends.count, seed, "pieces", 0))
                .filter(chosen)
                .mapToObj(piece -> words.of(piece, read(piece)));
    }

    /** What a piece says. */
    @FunctionalInterface
    public interface Words {
        /** @param place in the file, counted from 0 */
        String of(int place, String text);
    }

    /** @throws UserError if it is not UTF-8 */
    private String read(int piece) {
        long start = ends.start(piece);
        ByteBuffer bytes = ByteBuffer.allocate((int) (ends.at[piece] - start));
        try (FileChannel channel = FileChannel.open(file)) {
            int got = 0;
            while (bytes.hasRemaining() && got >= 0) {
                got = channel.read(bytes, start + bytes.position());
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(bytes.flip())
                    .toString()
                    .strip();
        } catch (CharacterCodingException e) {
            throw new UserError("%s is not UTF-8; save it as UTF-8 text".formatted(file), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
