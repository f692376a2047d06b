package dev.heed.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.run.UserError;
import dev.heed.tensor.Schedule.Decay;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Map<String, Decay> KINDS = Map.of(
            "constant", Decay.CONSTANT,
            "constant_with_warmup", Decay.CONSTANT,
            "linear", Decay.LINEAR,
            "cosine", Decay.COSINE,
            "cosine_with_min_lr", Decay.COSINE);

    @Test
    void factorsAreThoseOfTransformers() {
        int compared = 0;
        for (Golden golden : Golden.cases("optim", "lr_schedule")) {
            JsonNode config = golden.config();
            Decay decay = KINDS.get(config.path("name").asText());
            if (decay != null) {
                double floor = config.path("min_lr_rate")
                        .asDouble(config.path("scheduler_specific_kwargs")
                                .path("min_lr_rate")
                                .asDouble(0));
                Schedule schedule = new Schedule(
                        decay,
                        1,
                        config.path("num_warmup_steps").asInt(0),
                        config.path("num_training_steps").asInt(0),
                        floor);
                int steps = config.path("num_training_steps").asInt(); // beyond them ours stays and theirs rises again
                float[] expected = Arrays.copyOf(golden.floats("out.lr_factor"), steps);
                float[] factors = new float[steps];
                for (int i = 0; i < factors.length; i++) {
                    factors[i] = (float) schedule.factor(i);
                }
                golden.expect("out.lr_factor", expected, factors);
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(5);
    }

    @Test
    void risesFromTheFirstStepAndFallsToTheFloor() {
        Schedule schedule = new Schedule(Decay.LINEAR, 1, 2, 6, .5);
        assertThat(new double[] {
                    schedule.at(0), schedule.at(1), schedule.at(2), schedule.at(4), schedule.at(6), schedule.at(9)
                })
                .containsExactly(.5, 1, 1, .75, .5, .5);
    }

    @Test
    void refusesAFloorAboveOne() {
        assertThatThrownBy(() -> new Schedule(Decay.COSINE, 1, 0, 10, 2))
                .isInstanceOf(UserError.class)
                .hasMessage("a schedule needs rate, warm-up and steps of at least 0 and a floor in [0, 1],"
                        + " were 1.0, 0, 10 and 2.0");
    }
}
