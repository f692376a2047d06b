package dev.heed.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BpeTrainerTest {
    @TempDir
    Path folder;

    @Test
    void mergesTheMostFrequentPairAndOfEqualOnesTheOneWithSmallerIds() {
        BpeMerges learner = new BpeMerges(List.of("a", "b", "c"));
        learner.add(new int[] {1, 2}, 5); // bc
        learner.add(new int[] {0, 1}, 5); // ab
        learner.add(new int[] {2, 2, 2}, 4); // cc twice: 8
        learner.learn(6, 1);
        assertThat(learner.tokens()).containsExactly("a", "b", "c", "cc", "ab", "bc");
    }

    @Test
    void recountsOnlyWhatAMergeTouchedAndStillAgreesWithCountingAfresh() {
        List<String> corpus = Texts.sentences(3, 20_000);
        assertThat(BpeTrainer.train(corpus, 420, folder)).isEqualTo(420);
        assertThat(merges(folder)).isEqualTo(naiveMerges(corpus, 420 - BpeTrainer.SMALLEST));
    }

    @Test
    void givesTheSameBytesWhateverTheOrderOfTheCorpus() throws IOException {
        List<String> corpus = new ArrayList<>(Texts.sentences(1, 50_000));
        BpeTrainer.train(corpus, 600, folder.resolve("a"));
        Collections.reverse(corpus);
        BpeTrainer.train(corpus, 600, folder.resolve("b"));
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            assertThat(Files.readAllBytes(folder.resolve("a").resolve(file)))
                    .isEqualTo(Files.readAllBytes(folder.resolve("b").resolve(file)));
        }
    }

    @Test
    void theLibraryEncodesAsTheMergesSay() {
        BpeTrainer.train(Texts.sentences(1, 50_000), 600, folder);
        Map<String, Integer> ids = new HashMap<>();
        Json.read(folder.resolve("tokenizer.json"))
                .path("model")
                .path("vocab")
                .properties()
                .forEach(entry -> ids.put(entry.getKey(), entry.getValue().asInt()));
        List<String> merges = merges(folder);
        List<String> texts = new ArrayList<>(Texts.AWKWARD);
        texts.addAll(Texts.sentences(2, 5_000));
        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            for (String text : texts) {
                assertThat(tokenizer.encode(text)).as(text).isEqualTo(naiveIds(text, merges, ids));
                assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
            }
        }
    }

    @Test
    void givesTheSpecialsTheFirstIds() {
        BpeTrainer.train(List.of("some text"), 262, folder);
        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            for (int id = 0; id < 6; id++) {
                assertThat(tokenizer.find(BpeTrainer.SPECIALS.get(id))).hasValue(id);
            }
            assertThat(tokenizer.size()).isEqualTo(262);
        }
    }

    @Test
    void stopsWhenNoPairOccursTwiceAndSaysHowManyEntriesThereAre() {
        int size = BpeTrainer.train(List.of("abab abab"), 1000, folder); // ab, abab; " abab" occurs once
        assertThat(size).isEqualTo(BpeTrainer.SMALLEST + 2);
        assertThat(BpeTrainer.train(List.of(), 1000, folder)).isEqualTo(BpeTrainer.SMALLEST);
    }

    @Test
    void refusesFewerEntriesThanThereAreBytes() {
        assertThatThrownBy(() -> BpeTrainer.train(List.of("text"), 261, folder))
                .isInstanceOf(UserError.class)
                .hasMessage("vocabulary size must be at least 262 (256 bytes and 6 special tokens), was 261");
    }

    @Test
    void takesAWordOfAMegabyte() {
        assertThat(BpeTrainer.train(List.of("ab".repeat(500_000)), 300, folder)).isLessThanOrEqualTo(300);
    }

    @Test
    void learnsFiveMegabytesInSeconds() {
        List<String> corpus = Texts.sentences(1, 5_000_000);
        long start = System.nanoTime();
        BpeTrainer.train(corpus, 2048, folder);
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("BPE of 5 MB, 2048 entries: %.2f s%n", seconds);
        assertThat(seconds).isLessThan(20); // 1 to 2 s alone; the machine may be busy
    }

    private static List<String> merges(Path folder) {
        List<String> merges = new ArrayList<>();
        for (JsonNode merge :
                Json.read(folder.resolve("tokenizer.json")).path("model").path("merges")) {
            merges.add(merge.asText());
        }
        return merges;
    }

    /** The definition: count every pair afresh before each merge. */
    private static List<String> naiveMerges(List<String> corpus, int wanted) {
        Map<List<String>, Long> words = new HashMap<>();
        corpus.forEach(text -> pieces(text).forEach(word -> words.merge(word, 1L, Long::sum)));
        List<String> order = new ArrayList<>();
        for (int id = 0; id < 256; id++) {
            order.add(String.valueOf(ByteLevel.letter(id)));
        }
        Collections.sort(order);
        List<String> merges = new ArrayList<>();
        while (merges.size() < wanted) {
            Map<List<String>, Long> counts = new HashMap<>();
            words.forEach((word, count) -> {
                for (int i = 1; i < word.size(); i++) {
                    counts.merge(List.of(word.get(i - 1), word.get(i)), count, Long::sum);
                }
            });
            long most = Collections.max(counts.values());
            counts.values().removeIf(count -> count < most);
            List<String> best = Collections.min(counts.keySet(), (x, y) -> compare(order, x, y));
            merges.add(best.get(0) + " " + best.get(1));
            order.add(best.get(0) + best.get(1));
            Map<List<String>, Long> before = new HashMap<>(words);
            words.clear();
            before.forEach((word, count) -> words.merge(merged(word, best), count, Long::sum));
        }
        return merges;
    }

    private static int compare(List<String> order, List<String> a, List<String> b) {
        int left = Integer.compare(order.indexOf(a.get(0)), order.indexOf(b.get(0)));
        return left != 0 ? left : Integer.compare(order.indexOf(a.get(1)), order.indexOf(b.get(1)));
    }

    private static List<String> merged(List<String> word, List<String> pair) {
        List<String> merged = new ArrayList<>();
        for (int i = 0; i < word.size(); i++) {
            if (i + 1 < word.size() && word.subList(i, i + 2).equals(pair)) {
                merged.add(pair.get(0) + pair.get(1));
                i++;
            } else {
                merged.add(word.get(i));
            }
        }
        return merged;
    }

    private static int[] naiveIds(String text, List<String> merges, Map<String, Integer> ids) {
        List<String> tokens = new ArrayList<>();
        for (List<String> piece : pieces(text)) {
            List<String> word = piece;
            for (String merge : merges) {
                word = merged(word, List.of(merge.split(" ")));
            }
            tokens.addAll(word);
        }
        return tokens.stream().mapToInt(ids::get).toArray();
    }

    private static List<List<String>> pieces(String text) {
        List<List<String>> pieces = new ArrayList<>();
        Matcher matcher = ByteLevel.PIECE.matcher(text);
        while (matcher.find()) {
            List<String> letters = new ArrayList<>();
            for (byte each : matcher.group().getBytes(StandardCharsets.UTF_8)) {
                letters.add(String.valueOf(ByteLevel.letter(each & 0xFF)));
            }
            pieces.add(letters);
        }
        return pieces;
    }
}
