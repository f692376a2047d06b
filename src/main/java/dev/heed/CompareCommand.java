package dev.heed;

import dev.heed.db.Feedback;
import dev.heed.db.Snapshot;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.model.Lora;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.RunDir;
import dev.heed.run.UserError;
import dev.heed.train.Cpo;
import dev.heed.train.DirectTraining;
import dev.heed.train.Dpo;
import dev.heed.train.Grpo;
import dev.heed.train.Kto;
import dev.heed.train.OnlineDpo;
import dev.heed.train.Orpo;
import dev.heed.train.Ppo;
import dev.heed.train.Rejection;
import dev.heed.train.Rloo;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Which method is best for the preferences of a home: several learn from the same start and sit the same exam. */
final class CompareCommand implements Command<CompareCommand.Settings> {
    record Settings(
            @Knob(
                            value = "all",
                            help =
                                    "dpo, simpo, orpo, kto, online-dpo, rejection, grpo, rloo, ppo; several with commas, or all")
                    String methods,
            Alike alike,
            @Knob(
                            value = "",
                            label = "MODEL",
                            help = "run or folder of the reward model; the newest of the home where none is named")
                    String reward,
            @Knob(value = "2", help = "completions a prompt in the exam") int examSamples,
            @Knob("dpo") Dpo dpo,
            @Knob("simpo") Cpo simpo,
            @Knob("orpo") Orpo orpo,
            @Knob("direct") DirectTraining.Config direct,
            @Knob("kto") Kto.Config kto,
            @Knob("online-dpo") OnlineDpo.Config onlineDpo,
            @Knob("rejection") Rejection.Config rejection,
            @Knob("grpo") Grpo.Config grpo,
            @Knob("rloo") Rloo.Config rloo,
            @Knob("ppo") Ppo.Config ppo,
            @Knob("lora") Lora lora) {
        Settings {
            Knobs.atLeast("exam-samples", examSamples, 1);
        }
    }

    @Override
    public Class<Settings> knobs() {
        return Settings.class;
    }

    @Override
    public Object run(Context context, Settings knobs) {
        Path start = Models.expect(context.home(), knobs.alike().policy());
        Path reward = Models.expect(context.home(), knobs.reward().isEmpty() ? newest(context) : knobs.reward());
        Stages stages = new Stages(context, knobs.lora());
        try (Feedback feedback = context.feedback()) {
            Snapshot preferences = feedback.snapshot(context.home().resolve("snapshots"));
            List<Prompt> prompts = feedback.prompts(Split.TRAIN);
            BuiltIn world = new BuiltIn(context.home(), context.seed());
            Comparing comparing = new Comparing(context, stages, world, start, reward, knobs);
            Map<String, Comparing.Method> known = methods(knobs, stages, comparing.given(preferences), prompts, reward);
            return comparing.of(chosen(knobs.methods(), known), preferences.lastRow());
        }
    }

    /** The methods there are, in the order in which they are told. */
    private static Map<String, Comparing.Method> methods(
            Settings knobs, Stages stages, DirectStage.Given given, List<Prompt> prompts, Path reward) {
        Map<String, Comparing.Method> methods = new LinkedHashMap<>();
        DirectStage direct = stages.direct();
        methods.put("dpo", new Comparing.Method(0, name -> direct.pairs(name, given, knobs.dpo(), knobs.direct())));
        methods.put("simpo", new Comparing.Method(0, name -> direct.pairs(name, given, knobs.simpo(), knobs.direct())));
        methods.put("orpo", new Comparing.Method(0, name -> direct.pairs(name, given, knobs.orpo(), knobs.direct())));
        methods.put("kto", new Comparing.Method(0, name -> direct.kto(name, given, knobs.kto())));
        Cast cast = new Cast(given.policy(), given.reference(), reward);
        Stream.of(
                        OnlineMethod.onlineDpo(knobs.onlineDpo()),
                        OnlineMethod.rejection(knobs.rejection()),
                        OnlineMethod.grpo(knobs.grpo()),
                        OnlineMethod.rloo(knobs.rloo()),
                        OnlineMethod.ppo(knobs.ppo()))
                .forEach(method -> methods.put(
                        method.stage(),
                        new Comparing.Method(
                                method.config().sampled(),
                                name -> stages.online(
                                        name, method, cast, prompts, given.watched(), given.decoding()))));
        return methods;
    }

    private static Map<String, Comparing.Method> chosen(String methods, Map<String, Comparing.Method> known) {
        if (methods.equals("all")) {
            return known;
        }
        Map<String, Comparing.Method> chosen = new LinkedHashMap<>();
        for (String name :
                Arrays.stream(methods.split(",", -1)).map(String::strip).toList()) {
            Comparing.Method method = known.get(name);
            if (method == null) {
                throw new UserError(
                        "--methods must be of %s or all, was '%s'".formatted(String.join(", ", known.keySet()), name));
            }
            chosen.put(name, method);
        }
        return chosen;
    }

    private static String newest(Context context) {
        int round = 1;
        while (RunDir.at(context.home(), "reward-" + (round + 1)).finished()) {
            round++;
        }
        return "reward-" + round;
    }
}
