package dev.heed.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heed.doctor.Finding.Verdict;
import dev.heed.text.BpeTrainer;
import dev.heed.text.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenChecksTest {
    @Test
    void aSoundTokenizerIsFoundSound(@TempDir Path folder) {
        BpeTrainer.train(List.of("the heron and the otter ".repeat(20)), 280, folder);
        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            assertThat(TokenChecks.padding(tokenizer).verdict()).isEqualTo(Verdict.WELL);
            assertThat(TokenChecks.ends(tokenizer).verdict()).isEqualTo(Verdict.WELL);
            assertThat(TokenChecks.begins(tokenizer, List.of(new int[] {tokenizer.bos(), 5}))
                            .verdict())
                    .isEqualTo(Verdict.WELL);
        }
    }

    @Test
    void twoBeginningsAreWrong(@TempDir Path folder) {
        BpeTrainer.train(List.of("the heron and the otter ".repeat(20)), 280, folder);
        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            int[] twice = {tokenizer.bos(), tokenizer.bos(), 5};
            Finding finding = TokenChecks.begins(tokenizer, List.of(twice, new int[] {tokenizer.bos(), 5}));
            assertThat(finding.verdict()).isEqualTo(Verdict.WRONG);
            assertThat(finding.meaning()).startsWith("1 of 2 prompts have two");
            assertThat(finding.open()).isTrue();
        }
    }

    @Test
    void promptsThatLeaveNoRoomAreDoubtful() {
        List<int[]> starts = List.of(new int[50], new int[90]);
        assertThat(TokenChecks.context(starts, 10, 100).verdict()).isEqualTo(Verdict.WELL);
        Finding tight = TokenChecks.context(starts, 11, 100);
        assertThat(tight.verdict()).isEqualTo(Verdict.DOUBTFUL);
        assertThat(tight.found()).isEqualTo("the longest prompt has 90 tokens, the context 100, an answer 11");
    }
}
