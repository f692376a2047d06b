package dev.heed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpeningsTest {
    @Test
    void thereAreManyAndNoneTwice() {
        List<Prompt> openings = Openings.some(1000);
        assertThat(openings).extracting(Prompt::text).hasSizeGreaterThan(500).doesNotHaveDuplicates();
    }

    @Test
    void fewerAreSomeOfThem() {
        assertThat(Openings.some(100)).hasSize(100);
        assertThat(Openings.some(1000)).containsAll(Openings.some(100));
    }

    @Test
    void aTenthIsHeldOutByItsText() {
        List<Prompt> openings = Openings.some(1000);
        assertThat(openings).allSatisfy(p -> assertThat(p.split()).isEqualTo(Split.of(p.text())));
        assertThat(openings.stream().filter(p -> p.split() == Split.HELD_OUT).count() / (double) openings.size())
                .isBetween(0.06, 0.14);
    }
}
