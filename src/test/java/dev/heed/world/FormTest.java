package dev.heed.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.run.Draws;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FormTest {
    private static final Map<String, List<String>> WORDS =
            Map.of("c", List.of("fox", "hare"), "p", List.of("mill", "old well"));

    @Test
    void readsWhatItWrites() {
        Form form = new Form("[Then|At last], the {c} [slept|sat [by|near] the {p}].", WORDS);
        for (int i = 0; i < 50; i++) {
            String sentence = form.write(Draws.of(1, "form", i), Map.of("c", "hare"));
            assertThat(form.read(sentence).orElseThrow()).as(sentence).containsEntry("c", "hare");
        }
        assertThat(form.read("At last, the fox sat by the old well.")).contains(Map.of("c", "fox", "p", "old well"));
        assertThat(form.read("At last, the fox sat by the sea.")).isEmpty();
    }

    @Test
    void aSlotNamedTwiceIsTheSameWordTwice() {
        Form form = new Form("The {c} is a {c}.", WORDS);
        assertThat(form.read("The fox is a fox.")).isPresent();
        assertThat(form.read("The fox is a hare.")).isEmpty();
    }

    @Test
    void refusesASlotInTwoBranchesAndASlotWithoutWords() {
        assertThatThrownBy(() -> new Form("[the {c}|a {c}]", WORDS)).hasMessage("slot {c} stands in two branches");
        assertThatThrownBy(() -> new Form("the {x}", WORDS)).hasMessage("no words for slot {x} in \"the {x}\"");
    }
}
