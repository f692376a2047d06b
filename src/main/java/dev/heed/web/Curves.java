package dev.heed.web;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run's metrics.jsonl as curves, followed while it grows. Whatever its length, it is kept as at most {@value #MOST}
 * buckets of equally many lines, each with the mean and both extremes of what fell into it: what stood out stays visible,
 * and memory does not grow. Safe for many threads.
 */
final class Curves {
    /** With two extremes each, 2,000 points a curve. */
    static final int MOST = 1_000;

    private static final int NEWEST = 500; // lines kept as they were, for those who follow
    private static final int MOST_METRICS = 200;
    private static final int CHUNK = 1 << 20; // bytes

    private final Path file;
    private String edition = "";
    private long offset;
    private long lines;
    private long width = 1;
    private final Bucketed steps = new Bucketed();
    private final Map<String, Bucketed> metrics = new LinkedHashMap<>();
    private final ArrayDeque<Map<String, Double>> newest = new ArrayDeque<>();

    Curves(Path file) {
        this.file = file;
    }

    /**
     * Where a reader is.
     *
     * @param edition of the file: a run that goes on after a stop writes it anew
     * @param lines read so far
     */
    record Place(String edition, long lines) {}

    /**
     * All of it.
     *
     * @param width lines a bucket
     * @param steps of each bucket, the mean of its lines'
     */
    record Drawn(String edition, long lines, long width, List<@Nullable Float> steps, Map<String, Curve> curves) {}

    /**
     * One metric, a number for each bucket, none where no line has it.
     *
     * @param least empty where a bucket is one line: then it is the mean
     * @param greatest as {@code least}
     */
    record Curve(List<@Nullable Float> mean, List<@Nullable Float> least, List<@Nullable Float> greatest) {}

    /** What came since, each line with its step. */
    record News(Place place, List<Map<String, Double>> points) {}

    /** All so far. */
    synchronized Drawn draw() {
        follow();
        Map<String, Curve> drawn = new LinkedHashMap<>();
        int buckets = buckets();
        metrics.forEach((name, metric) -> drawn.put(name, metric.curve(buckets, width > 1)));
        return new Drawn(edition, lines, width, steps.curve(buckets, false).mean(), drawn);
    }

    /** What came since a place; empty where only {@link #draw} tells, as the place is of another edition or too long ago. */
    synchronized Optional<News> since(Place place) {
        follow();
        long missing = lines - place.lines();
        if (!place.edition().equals(edition) || missing < 0 || missing > newest.size()) {
            return Optional.empty();
        }
        List<Map<String, Double>> points = new ArrayList<>(newest);
        return Optional.of(
                new News(new Place(edition, lines), points.subList(points.size() - (int) missing, points.size())));
    }

    private int buckets() {
        return (int) ((lines + width - 1) / width);
    }

    private void follow() {
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            String now = editionOf(found);
            if (!now.equals(edition) || found.size() < offset) {
                restart(now);
            }
            if (found.size() > offset) {
                read();
            }
        } catch (NoSuchFileException e) {
            restart("");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static String editionOf(BasicFileAttributes file) {
        return Integer.toHexString(String.valueOf(file.fileKey()).hashCode());
    }

    private void restart(String edition) {
        this.edition = edition;
        offset = 0;
        lines = 0;
        width = 1;
        steps.clear();
        metrics.clear();
        newest.clear();
    }

    /** Whole lines only: the last may still be being written. */
    private void read() throws IOException {
        try (FileChannel channel = FileChannel.open(file).position(offset);
                InputStream in = Channels.newInputStream(channel)) {
            byte[] bytes = new byte[CHUNK];
            int filled = 0;
            for (int got = in.read(bytes); got >= 0; got = in.read(bytes, filled, bytes.length - filled)) {
                filled += got;
                int whole = wholeLines(bytes, filled);
                parse(bytes, whole);
                offset += whole;
                System.arraycopy(bytes, whole, bytes, 0, filled - whole);
                filled -= whole;
                if (filled == bytes.length) {
                    bytes = Arrays.copyOf(bytes, 2 * bytes.length);
                }
            }
        }
    }

    private static int wholeLines(byte[] bytes, int filled) {
        int end = filled;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    private void parse(byte[] bytes, int length) throws IOException {
        try (JsonParser parser = Json.mapper().getFactory().createParser(bytes, 0, length)) {
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                add(line(parser));
            }
        } catch (JsonProcessingException e) {
            restart("");
            throw new UserError("%s has a line that is no JSON: %s".formatted(file, Json.where(e)), e);
        }
    }

    /** The finite numbers of an object. */
    private static Map<String, Double> line(JsonParser parser) throws IOException {
        Map<String, Double> numbers = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken().isNumeric() && Double.isFinite(parser.getDoubleValue())) {
                numbers.put(name, parser.getDoubleValue());
            } else {
                parser.skipChildren();
            }
        }
        return numbers;
    }

    private void add(Map<String, Double> line) {
        if (lines / width >= MOST) {
            steps.halve();
            metrics.values().forEach(Bucketed::halve);
            width *= 2;
        }
        int bucket = (int) (lines / width);
        line.forEach((name, value) -> {
            if (name.equals("step")) {
                steps.add(bucket, value);
            } else if (metrics.containsKey(name) || metrics.size() < MOST_METRICS) {
                metrics.computeIfAbsent(name, any -> new Bucketed()).add(bucket, value);
            }
        });
        lines++;
        newest.addLast(line);
        if (newest.size() > NEWEST) {
            newest.removeFirst();
        }
    }

    /** Numbers in buckets. */
    private static final class Bucketed {
        private final double[] sum = new double[MOST];
        private final double[] least = new double[MOST];
        private final double[] greatest = new double[MOST];
        private final long[] count = new long[MOST];

        void clear() {
            Arrays.fill(count, 0);
        }

        void add(int bucket, double value) {
            put(bucket, value, value, value, 1);
        }

        private void put(int bucket, double sum, double least, double greatest, long count) {
            boolean first = this.count[bucket] == 0;
            this.sum[bucket] = first ? sum : this.sum[bucket] + sum;
            this.least[bucket] = first ? least : Math.min(least, this.least[bucket]);
            this.greatest[bucket] = first ? greatest : Math.max(greatest, this.greatest[bucket]);
            this.count[bucket] += count;
        }

        /** Two buckets become one. */
        void halve() {
            for (int i = 0; i < MOST; i++) {
                long had = count[i];
                count[i] = 0;
                if (had > 0) {
                    put(i / 2, sum[i], least[i], greatest[i], had);
                }
            }
        }

        Curve curve(int buckets, boolean extremes) {
            List<@Nullable Float> means = new ArrayList<>();
            List<@Nullable Float> lows = new ArrayList<>();
            List<@Nullable Float> highs = new ArrayList<>();
            for (int i = 0; i < buckets; i++) {
                means.add(number(i, sum[i] / count[i]));
                if (extremes) {
                    lows.add(number(i, least[i]));
                    highs.add(number(i, greatest[i]));
                }
            }
            return new Curve(means, lows, highs);
        }

        /** Seven digits draw as well as sixteen. */
        private @Nullable Float number(int bucket, double value) {
            return count[bucket] == 0 ? null : Float.valueOf((float) value);
        }
    }
}
