package dev.heed.scale;

import dev.heed.feedback.Hashes;
import dev.heed.model.Forward;
import dev.heed.model.Transformer;
import dev.heed.run.Draws;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import dev.heed.run.WholeFile;
import dev.heed.text.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The text of a ladder as ids, once for all its runs: documents one after another, each between its marks, in files of two bytes an
 * id. What is learned from is cut into rows that overlap by a token; what is measured on stays whole, several documents a row, so
 * that nothing is asked that only the lost beginning of a document says. Longer ones are cut, too.
 */
public final class Text {
    /** Rows that the curve of a training is measured on. */
    private static final int CURVE_ROWS = 128;

    private final char[] learned;
    private final List<int[]> heldOut;
    private final List<Question> questions;
    private final int length;

    private Text(char[] learned, List<int[]> heldOut, List<Question> questions, int length) {
        this.learned = learned;
        this.heldOut = heldOut;
        this.questions = questions;
        this.length = length;
    }

    /**
     * A question with its right answer, a document of its own.
     *
     * @param from where in the ids the answer begins
     * @param group of questions as hard as each other; from 1, the easiest
     */
    public record Question(int[] ids, int from, int group) {
        /** In the marks of a document. */
        static Question of(Tokenizer tokenizer, Documents.Asked asked) {
            Ids ids = new Ids();
            ids.add(tokenizer, tokenizer.encode(asked.question() + " " + asked.answer()));
            return new Question(
                    row(ids.ids, 0, ids.count), 1 + tokenizer.encode(asked.question()).length, asked.group());
        }
    }

    /** Ids that grow. */
    public static final class Ids {
        private char[] ids = new char[1 << 16];
        private int count;

        /** Adds a document with its marks. */
        public void add(Tokenizer tokenizer, int[] document) {
            add(tokenizer.bos());
            for (int id : document) {
                add(id);
            }
            if (tokenizer.eos() != tokenizer.bos()) {
                add(tokenizer.eos());
            }
        }

        private void add(int id) {
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, 2 * count);
            }
            ids[count++] = (char) id;
        }

        /** How many there are. */
        public int count() {
            return count;
        }

        private byte[] bytes() {
            byte[] bytes = new byte[2 * count];
            ByteBuffer.wrap(bytes).asCharBuffer().put(ids, 0, count);
            return bytes;
        }
    }

    /**
     * Writes the files.
     *
     * @return SHA-256 of all
     */
    public static String write(Path folder, Ids learned, Ids heldOut, List<Question> questions) {
        MessageDigest digest = Hashes.sha256();
        write(folder.resolve("learned.ids"), learned.bytes(), digest);
        write(folder.resolve("held-out.ids"), heldOut.bytes(), digest);
        write(folder.resolve("questions.json"), Json.text(questions).getBytes(StandardCharsets.UTF_8), digest);
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void write(Path file, byte[] bytes, MessageDigest digest) {
        digest.update(bytes);
        WholeFile.write(file, out -> out.write(bytes));
    }

    /**
     * Reads the files.
     *
     * @param length tokens a row
     * @throws UserError if they are not those of the hash
     */
    public static Text read(Path folder, int length, String hash) {
        try {
            byte[] learned = Files.readAllBytes(folder.resolve("learned.ids"));
            byte[] heldOut = Files.readAllBytes(folder.resolve("held-out.ids"));
            byte[] questions = Files.readAllBytes(folder.resolve("questions.json"));
            MessageDigest digest = Hashes.sha256();
            digest.update(learned);
            digest.update(heldOut);
            digest.update(questions);
            String found = HexFormat.of().formatHex(digest.digest());
            if (!found.equals(hash)) {
                throw new UserError("the text in %s is not that of the plan (%s, not %s); plan anew in another home"
                        .formatted(folder, found.substring(0, 8), hash.substring(0, 8)));
            }
            return new Text(
                    chars(learned),
                    whole(chars(heldOut), length),
                    List.of(Json.read(folder.resolve("questions.json"), Question[].class)),
                    length);
        } catch (NoSuchFileException e) {
            throw new UserError("the plan's text is missing: no file %s".formatted(e.getFile()), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder, e);
        }
    }

    private static char[] chars(byte[] bytes) {
        CharBuffer buffer = ByteBuffer.wrap(bytes).asCharBuffer();
        char[] chars = new char[buffer.remaining()];
        buffer.get(chars);
        return chars;
    }

    /** As many documents a row as fit; each begins with the first id of all. */
    private static List<int[]> whole(char[] ids, int length) {
        List<int[]> rows = new ArrayList<>();
        int from = 0;
        int fits = 0;
        for (int at = 1; at <= ids.length; at++) {
            if (at == ids.length || ids[at] == ids[0]) {
                if (at - from > length + 1 && fits > from) {
                    rows.add(row(ids, from, fits));
                    from = fits;
                }
                for (; at - from > length + 1; from += length) {
                    rows.add(row(ids, from, from + length + 1));
                }
                fits = at;
            }
        }
        rows.add(row(ids, from, ids.length));
        return rows.stream().filter(row -> row.length > 1).toList();
    }

    private static int[] row(char[] ids, int from, int to) {
        int[] row = new int[to - from];
        Arrays.setAll(row, t -> ids[from + t]);
        return row;
    }

    /** Rows to measure on. */
    List<int[]> heldOut() {
        return heldOut;
    }

    /** Tokens that are foretold: all but the first of each row. */
    long heldOutTokens() {
        return heldOut.stream().mapToLong(row -> row.length - 1).sum();
    }

    /** Rows for a run, from a place that its seed draws; all of them, and some again, where it wants more than there are. */
    int[][] rows(int count, long seed) {
        int all = (learned.length - 1) / length;
        int from = (int) (Draws.uniform(seed, "first row", 0) * all);
        int[][] rows = new int[Math.min(count, all)][];
        Arrays.setAll(rows, i -> {
            int at = (from + i) % all * length;
            return row(learned, at, at + length + 1);
        });
        return rows;
    }

    /** Nats a token on all held-out text. */
    double heldOutLoss(Transformer model) {
        return loss(model, Integer.MAX_VALUE);
    }

    /** Nats a token on a part of it. */
    double partLoss(Transformer model) {
        return loss(model, CURVE_ROWS);
    }

    /**
     * −ln of the probability with which a model gives the right answer to each question of each group, the easiest group first;
     * nats to four places.
     */
    double[][] surprises(Transformer model) {
        int groups = questions.stream().mapToInt(Question::group).max().orElse(0);
        return IntStream.rangeClosed(1, groups)
                .mapToObj(group -> surprises(
                        model,
                        questions.stream().filter(q -> q.group() == group).toList()))
                .toArray(double[][]::new);
    }

    private static double[] surprises(Transformer model, List<Question> asked) {
        List<int[]> rows = asked.stream().map(Question::ids).toList();
        int[] from = asked.stream().mapToInt(Question::from).toArray();
        return Arrays.stream(Forward.logProbs(model, new Forward.Rows(rows, from), 1))
                .mapToDouble(answer -> Math.round(nats(answer) * 1e4) / 1e4)
                .toArray();
    }

    private static double nats(float[] logProbs) {
        double nats = 0;
        for (float one : logProbs) {
            nats -= one;
        }
        return nats;
    }

    private double loss(Transformer model, int most) {
        int step = Math.max(1, heldOut.size() / most);
        List<int[]> rows = IntStream.range(0, Math.min(most, heldOut.size()))
                .mapToObj(i -> heldOut.get(i * step))
                .toList();
        int[] from = new int[rows.size()];
        Arrays.fill(from, 1);
        double nats = 0;
        long tokens = 0;
        for (float[] row : Forward.logProbs(model, new Forward.Rows(rows, from), 1)) {
            nats += nats(row);
            tokens += row.length;
        }
        return nats / tokens;
    }
}
