package dev.heed;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.heed.bench.Bench;
import dev.heed.bench.Measured;
import dev.heed.run.Knob;
import java.util.Arrays;
import java.util.List;

/** How fast the engine is on this machine. */
final class BenchCommand implements Command<BenchCommand.Knobs> {
    record Knobs(
            @Knob(
                            value = "all",
                            help =
                                    "train, generate_1, generate_16, generate_64, reward, dpo, ppo, grpo; plain_train and plain_generate_16 do it without the engine; sft, sft_packed; train_50m, ppo_124m are large; several with commas, or all but the large",
                            label = "WORKS")
                    String works,
            @Knob(value = "10", help = "seconds for each work, at least; three steps are always taken")
                    double seconds) {
        public Knobs {
            dev.heed.run.Knobs.above("seconds", seconds, 0);
        }
    }

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        List<String> names = knobs.works().equals("all")
                ? Bench.usual()
                : Arrays.stream(knobs.works().split(",")).map(String::strip).toList();
        Bench.check(names);
        Bench bench = new Bench(context.torch(), knobs.seconds(), context.seed());
        context.say(Measured.HEAD);
        List<Measured> works = bench.run(names, measured -> context.say(measured.line()));
        return new Table(works, context.output().quiet() ? Measured.table(works) : "");
    }

    /** @param text empty where the lines were told as they came */
    private record Table(@JsonValue List<Measured> works, String text) implements Shown {}
}
