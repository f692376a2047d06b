package dev.heed.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcessIdTest {
    private static final ProcessId SELF = ProcessId.of(ProcessHandle.current());

    @Test
    void findsTheProcessAndNoneThatBeganAtAnotherTime() {
        assertThat(SELF.find()).contains(ProcessHandle.current());
        assertThat(new ProcessId(SELF.pid(), SELF.started().minusSeconds(10)).find())
                .isEmpty();
    }

    /** The shell becomes a sleep that never asks what became of the one that the shell had started. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aProcessThatNobodyAskedAfterHasEndedAllTheSame() throws Exception {
        Process parent = new ProcessBuilder("sh", "-c", "sleep 0.5 & exec sleep 60").start();
        try {
            while (parent.children().findAny().isEmpty()) {
                Thread.sleep(5);
            }
            ProcessHandle child = parent.children().findAny().orElseThrow();
            ProcessId id = ProcessId.of(child);
            assertThat(id.find()).isPresent();
            for (int i = 0; i < 200 && id.find().isPresent(); i++) {
                Thread.sleep(25);
            }
            assertThat(id.find()).isEmpty();
            assertThat(child.isAlive()).as("the system still has its number").isTrue();
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }
}
