package dev.heed.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.model.Forward;
import dev.heed.model.Transformer;
import dev.heed.run.Knobs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceCacheTest {
    private static final float[] NUMBERS = {-1.5f, Float.MIN_VALUE, -300.25f};

    @TempDir
    Path folder;

    private Toy toy;
    private int asked;

    @BeforeEach
    void makeToy() {
        toy = new Toy(folder.resolve("tokenizer"));
    }

    @AfterEach
    void forget() {
        toy.close();
    }

    private ReferenceCache cache() {
        return ReferenceCache.in(folder.resolve("cache"));
    }

    private float[] ask(ReferenceCache cache, String key) {
        return cache.of(() -> key, () -> {
            asked++;
            return NUMBERS;
        });
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
            return files.toList();
        }
    }

    @Test
    void whatWasSaidOnceIsNotAskedAgain() {
        assertThat(ask(cache(), "a")).isEqualTo(NUMBERS);
        assertThat(ask(cache(), "a")).isEqualTo(NUMBERS);
        assertThat(asked).isEqualTo(1);
        assertThat(ask(cache(), "b")).isEqualTo(NUMBERS);
        assertThat(asked).as("another key").isEqualTo(2);
    }

    @Test
    void withoutAFolderItIsAlwaysAsked() {
        ask(ReferenceCache.NONE, "a");
        ask(ReferenceCache.NONE, "a");
        ReferenceCache.NONE.of(
                () -> {
                    throw new AssertionError("a key for nothing");
                },
                () -> new float[1]);
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void damagedNumbersAreAskedForAgain() throws IOException {
        for (int place : new int[] {0, 70, -1}) {
            ask(cache(), "a");
            Path file = files().get(0);
            byte[] bytes = Files.readAllBytes(file);
            if (place < 0) {
                Files.write(file, new byte[] {1, 2, 3});
            } else {
                bytes[place] ^= 1;
                Files.write(file, bytes);
            }
            int before = asked;
            assertThat(ask(cache(), "a")).isEqualTo(NUMBERS);
            assertThat(asked).isEqualTo(before + 1);
            assertThat(ask(cache(), "a")).isEqualTo(NUMBERS);
            assertThat(asked).isEqualTo(before + 1);
        }
    }

    @Test
    void everythingThatTheNumbersDependOnIsInTheKey() {
        List<int[]> rows = List.of(new int[] {1, 5, 6}, new int[] {1, 7});
        Set<String> keys = new HashSet<>();
        try (Transformer model = toy.language(5);
                Transformer same = toy.language(5);
                Transformer other = toy.language(6)) {
            Forward.Rows all = new Forward.Rows(rows, new int[] {1, 1});
            String key = ReferenceCache.key("sums", model, all);
            assertThat(ReferenceCache.key("sums", same, all)).isEqualTo(key);
            keys.add(key);
            keys.add(ReferenceCache.key("other sums", model, all));
            keys.add(ReferenceCache.key("sums", other, all));
            keys.add(ReferenceCache.key("sums", model, new Forward.Rows(rows, new int[] {2, 1})));
            keys.add(ReferenceCache.key(
                    "sums", model, new Forward.Rows(List.of(rows.get(1), rows.get(0)), new int[] {1, 1})));
            keys.add(ReferenceCache.key(
                    "sums", model, new Forward.Rows(List.of(new int[] {1, 5, 8}, rows.get(1)), new int[] {1, 1})));
            keys.add(ReferenceCache.key(
                    "sums", model, new Forward.Rows(List.of(new int[] {1, 5}, rows.get(1)), new int[] {1, 1})));
        }
        assertThat(keys).hasSize(7);
    }

    /** What a run of a method comes to. */
    private String learned(String method, List<PairExample> pairs, Transformer reference, ReferenceCache cache) {
        try (Transformer policy = toy.language(5)) {
            if (method.equals("kto")) {
                Kto.Config config = Knobs.of(Kto.Config.class, "--batch=8", "--lr=0.002");
                try (Kto kto = new Kto(policy, reference, toy.goodAndBad(), config, 5, cache)) {
                    kto.step(0);
                    kto.step(1);
                }
            } else {
                try (DirectTraining training = new DirectTraining(
                        policy,
                        new Reference(reference, cache, Sync.NEVER),
                        pairs,
                        Knobs.defaults(Dpo.class),
                        DirectTrainingTest.config(),
                        5)) {
                    training.step(0);
                    training.step(1);
                }
            }
            return policy.hash();
        }
    }

    @Test
    void aRunThatReadsWhatAnotherKeptIsTheSameToTheLastBit() throws IOException {
        try (Transformer reference = toy.language(5)) {
            for (String method : List.of("dpo", "kto")) {
                String expected = learned(method, toy.pairs(), reference, ReferenceCache.NONE);
                assertThat(learned(method, toy.pairs(), reference, cache())).isEqualTo(expected);
                int kept = files().size();
                assertThat(learned(method, toy.pairs(), reference, cache())).isEqualTo(expected);
                assertThat(files()).hasSize(kept);
            }
            assertThat(files()).as("a method's sums are its own").hasSize(2);
        }
    }

    @Test
    void anotherReferenceOrOtherPairsAreReadAnew() throws IOException {
        try (Transformer reference = toy.language(5);
                Transformer other = toy.language(6)) {
            learned("dpo", toy.pairs(), reference, cache());
            String expected = learned("dpo", toy.pairs(), other, ReferenceCache.NONE);
            assertThat(learned("dpo", toy.pairs(), other, cache())).isEqualTo(expected);
            assertThat(files()).hasSize(2);
            List<PairExample> fewer = new ArrayList<>(toy.pairs());
            fewer.remove(0);
            learned("dpo", fewer, reference, cache());
            assertThat(files()).hasSize(3);
        }
    }

    @Test
    void whatIsKeptIsReallyRead() throws IOException {
        try (Transformer reference = toy.language(5)) {
            String right = learned("dpo", toy.pairs(), reference, cache());
            List<PairExample> pairs = toy.pairs();
            PairGroups groups = new PairGroups(pairs, PairObjective.Surprise.Counted.COMPLETION);
            Path file = files().get(0);
            String key = file.getFileName().toString().replace(".floats", "");
            Files.delete(file);
            float[] wrong = new float[2 * groups.pairs().size()];
            cache().of(() -> key, () -> wrong);
            assertThat(learned("dpo", pairs, reference, cache())).isNotEqualTo(right);
        }
    }
}
