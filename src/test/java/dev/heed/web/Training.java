package dev.heed.web;

import dev.heed.run.RunDir;
import dev.heed.run.RunLog;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A process that trains, as far as its run tells: HOME NAME STEPS MS_A_STEP. Ends without a result when it is killed. */
public final class Training {
    private static final List<String> PROMPTS = List.of(
            "What do lanterns in the Harbour of Osk burn?", "Tell me a story with the moon in it.", "<img src=x>");

    private Training() {}

    public static void main(String[] arguments) throws InterruptedException {
        RunDir run = RunDir.at(Path.of(arguments[0]), arguments[1]);
        long steps = Long.parseLong(arguments[2]);
        begin(run);
        run.work(0, steps);
        try (RunLog log = RunLog.open(run, 0)) {
            for (long step = 0; step < steps; step++) {
                log.metrics(step, metrics(step));
                if (step % (steps / 3) == 0 || step == steps - 1) {
                    sample(log, step);
                }
                Thread.sleep(Long.parseLong(arguments[3]));
            }
        }
        run.finish(Map.of("hash", "0123", "seconds", 1.5));
    }

    static void begin(RunDir run) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("policy", "runs/sft/model");
        config.put("reference", "runs/sft/model");
        config.put("reward", "runs/reward-1/model");
        config.put("ppo", Map.of("lr", run.name().length() * 1e-4, "kl_coef", 0.05));
        run.begin(null, config, List.of("ppo", "--kl-coef=0.05"));
    }

    /** Numbers like PPO's. */
    static Map<String, Double> metrics(long step) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("loss", 0.3 / (1 + 0.05 * step));
        metrics.put("score", 2 - 2 / (1 + 0.02 * step) + 0.2 * Math.sin(step * 1.7));
        metrics.put("kl", 0.02 * step);
        metrics.put("clipfrac", 0.05 + 0.02 * Math.cos(1.0 * step));
        return metrics;
    }

    static void sample(RunLog log, long step) {
        for (String prompt : PROMPTS) {
            String answer = step == 0
                    ? "They burn oil, which nobody asked for."
                    : "They burn whale oil. <b>%d</b>".formatted(step);
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("prompt", prompt);
            line.put("completion", answer);
            line.put("ended", true);
            line.put("score", 0.1 * step);
            line.put("kl", 0.02 * step);
            line.put("tokens", List.of(answer.split("(?= )")));
            line.put("log_probs", new double[] {-0.5, -1, -0.25, -2, -0.1, -0.1, -0.1});
            line.put("ref_log_probs", new double[] {-0.75, -0.5, -0.25, -3.5, -0.1, -0.1, -0.1});
            line.put("rewards", new double[] {-0.01, 0.02, 0, -0.06, 1.2, 0, 0});
            line.put("advantages", new double[] {0.1, -0.4, 0.2, 1.6, 0.9, 0, 0});
            log.sample(step, line);
        }
    }
}
