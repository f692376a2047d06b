package dev.heed.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heed.run.UserError;
import dev.heed.tensor.Schedule.Decay;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void risesFromTheFirstStepAndFallsToTheFloor() {
        Schedule schedule = new Schedule(Decay.LINEAR, 1, 2, 6, .5);
        assertThat(new double[] {
                    schedule.at(0), schedule.at(1), schedule.at(2), schedule.at(4), schedule.at(6), schedule.at(9)
                })
                .containsExactly(.5, 1, 1, .75, .5, .5);
    }

    @Test
    void staysAtItsEndWhereACosineWouldRiseAgain() {
        assertThat(new Schedule(Decay.COSINE, 1, 0, 4, .1).at(6)).isEqualTo(.1);
    }

    @Test
    void refusesAFloorAboveOne() {
        assertThatThrownBy(() -> new Schedule(Decay.COSINE, 1, 0, 10, 2))
                .isInstanceOf(UserError.class)
                .hasMessage("a schedule needs rate, warm-up and steps of at least 0 and a floor in [0, 1],"
                        + " were 1.0, 0, 10 and 2.0");
    }
}
