package dev.heed;

import dev.heed.eval.exam.Asking;
import dev.heed.eval.exam.Way;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.UserError;
import java.util.List;
import java.util.Locale;

/** Models sit an exam: what they know, whether their probabilities can be believed, and how they stand among others. */
final class ExamCommand implements Command<ExamCommand.Settings> {
    private static final String FITTING = "auto";

    record Settings(
            @Knob(
                            value = Knob.REQUIRED,
                            help = "run or folder of a model; several with commas stand side by side",
                            positional = true)
                    String model,
            @Knob(
                            value = Knob.REQUIRED,
                            help =
                                    "questions: .jsonl (a question a line, or GSM8K), .csv (MMLU, TruthfulQA), .json (BIG-Bench Hard), a folder of them; or of the built-in world valley (graded, with a percentile), facts (straight, tempting, on false premises) or talk (what is said next: for calibration)",
                            positional = true)
                    String suite,
            @Knob(value = "0", help = "questions at most, drawn by the seed; 0: all") int limit,
            @Knob(value = "false", help = "leave out bad questions and those that do not fit a model's context")
                    boolean skipInvalid,
            @Knob(
                            value = "plain",
                            help =
                                    "how options are compared: log-probability, the same per byte, or less what it is without the question (Brown et al. 2020, section 2.4)")
                    Way way,
            @Knob(value = FITTING, label = "auto|chat|plain", help = "turns of a conversation, or running text")
                    String form,
            @Knob(value = "text", help = "score each option's text, or show them with letters and score the letters")
                    Asking.Listing listing,
            @Knob(value = "0", help = "worked examples before each question, drawn by the seed") int shots,
            @Knob(value = "", label = "FILE", help = "questions to draw examples from; none: the exam's own others")
                    String shotsFrom,
            @Knob(value = "1", help = "answers to each question that wants one written; with several pass@k is told")
                    int samples,
            @Knob(value = "0.0", help = "of written answers; 0 takes the likeliest token") double temperature,
            @Knob(value = "64", help = "longest written answer") int maxTokens,
            @Knob(
                            value = "",
                            label = "MODEL",
                            help = "run or folder of a reward model that judges free answers without rules")
                    String reward,
            @Knob(value = "", label = "FILE", help = "training text that is searched for the questions") String against,
            @Knob(value = "13", help = "words of a run in common that counts; Brown et al. 2020, appendix C") int ngram,
            @Knob(value = "10", help = "bins of the reliability diagram; Guo et al. 2017 have 15") int bins) {
        Settings {
            Knobs.atLeast("limit", limit, 0);
            Knobs.oneOf("form", form, List.of(FITTING, "chat", "plain"));
            Knobs.between("shots", shots, 0, 64);
            Knobs.between("samples", samples, 1, 1000);
            Knobs.atLeast("temperature", temperature, 0);
            Knobs.atLeast("max-tokens", maxTokens, 1);
            Knobs.between("ngram", ngram, 3, 50);
            Knobs.between("bins", bins, 2, 100);
            if (samples > 1 && temperature == 0) {
                throw new UserError("--samples=%d at --temperature=0 would all be the same; raise --temperature"
                        .formatted(samples));
            }
        }

        /** The form, where it was named. */
        Asking.Form form(Asking.Form fitting) {
            return form.equals(FITTING) ? fitting : Asking.Form.valueOf(form.toUpperCase(Locale.ROOT));
        }
    }

    @Override
    public Class<Settings> knobs() {
        return Settings.class;
    }

    @Override
    public Object run(Context context, Settings knobs) {
        if (context.settings().precision().equals("bf16")) {
            throw new UserError(
                    "--precision must be auto or fp32 for an exam, was bf16: log-probabilities of bf16 are off in the second decimal");
        }
        return new Examining(context, knobs).result();
    }
}
