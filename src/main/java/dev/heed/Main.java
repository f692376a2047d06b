package dev.heed;

import dev.heed.jobs.JobFolder;
import dev.heed.run.Interrupt;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** One command per stage; the only place that builds collaborators. */
public final class Main {
    private static final String TUNE = "fine-tune it on demonstrations; add an adapter to it";
    private static final String AGAINST = "fine-tune a policy against it";
    private static final String STRAIGHT = "learn straight from preferences";
    private static final String JUDGED = "judge models; let them sit an exam; report cards";
    private static final String BEST = "which method is best; published effects shown here";
    private static final String LABELS = "simulated labelers; how far labels can be trusted";
    private static final String FILES = "what people said, from files and to them";
    private static final String RUNS = "the runs of a home; what their numbers say";
    private static final String ABOUT = "how fast the engine is; which Heed this is";

    /** The commands, in the order in which {@code heed --help} shows them. A lambda each, so that only one is loaded. */
    static final List<Shell.Entry> COMMANDS = List.of(
            new Shell.Entry("demo", "the whole loop on the built-in world, from nothing", () -> new DemoCommand()),
            new Shell.Entry("round", "once more around, on what was labeled since", () -> new RoundCommand()),
            new Shell.Entry("stories", "the same loop on a real checkpoint: @stories", () -> new StoriesCommand()),
            new Shell.Entry("serve", "the labeling page and the report", () -> new ServeCommand()),
            new Shell.Entry("tokenizer", "learn a tokenizer from text", () -> new TokenizerCommand()),
            new Shell.Entry("pretrain", "train a base model on text", () -> new PretrainCommand()),
            new Shell.Entry("scale", "foretell a large run from small ones", () -> new ScaleCommand()),
            new Shell.Entry("sft", "fine-tune it on demonstrations", TUNE, () -> new SftCommand()),
            new Shell.Entry("merge", "a model of an adapter and its base", TUNE, () -> new MergeCommand()),
            new Shell.Entry("sample", "complete prompts; --compare asks labelers", () -> new SampleCommand()),
            new Shell.Entry("label", "let simulated labelers answer", LABELS, () -> new LabelCommand()),
            new Shell.Entry("quality", "how far labels can be trusted", LABELS, () -> new QualityCommand()),
            new Shell.Entry("reward", "train a reward model on preferences", () -> new RewardCommand()),
            new Shell.Entry("ppo", "fine-tune a policy against it", AGAINST, () -> new PpoCommand()),
            new Shell.Entry("grpo", "the same, completions as their own critic", AGAINST, () -> new GrpoCommand()),
            new Shell.Entry("rloo", "the same by REINFORCE", AGAINST, () -> new RlooCommand()),
            new Shell.Entry("online-dpo", "the same by DPO on its own pairs", AGAINST, () -> new OnlineDpoCommand()),
            new Shell.Entry("rejection", "fine-tune it on its own best answers", AGAINST, () -> new RejectionCommand()),
            new Shell.Entry("dpo", "learn straight from preferences, 15 losses", STRAIGHT, () -> new DpoCommand()),
            new Shell.Entry("simpo", "the same without a reference: SimPO, CPO", STRAIGHT, () -> new SimpoCommand()),
            new Shell.Entry("orpo", "the same while fine-tuning on the chosen", STRAIGHT, () -> new OrpoCommand()),
            new Shell.Entry("kto", "learn from answers that are good or bad", STRAIGHT, () -> new KtoCommand()),
            new Shell.Entry("eval", "judge every model of the loop", JUDGED, () -> new EvalCommand()),
            new Shell.Entry(
                    "exam",
                    "let models sit an exam, of a file or of the built-in world",
                    JUDGED,
                    () -> new ExamCommand()),
            new Shell.Entry(
                    "card", "a model's report card, as HTML and as its README", JUDGED, () -> new CardCommand()),
            new Shell.Entry("compare", "which method is best for these preferences", BEST, () -> new CompareCommand()),
            new Shell.Entry("study", "a published effect on one's own models: @labels", BEST, () -> new StudyCommand()),
            new Shell.Entry(
                    "doctor", "check a model and preferences before they cost hours", () -> new DoctorCommand()),
            new Shell.Entry(
                    "import", "what people said, from files of this and other tools", FILES, () -> new ImportCommand()),
            new Shell.Entry("export", "what people said, into files", FILES, () -> new ExportCommand()),
            new Shell.Entry("backup", "all that people said, into one file", FILES, () -> new BackupCommand()),
            new Shell.Entry("restore", "a new home from a backup", FILES, () -> new RestoreCommand()),
            new Shell.Entry("runs", "the runs of a home, with their state", RUNS, () -> new RunsCommand()),
            new Shell.Entry("resume", "go on with a run that was stopped", RUNS, () -> new ResumeCommand()),
            new Shell.Entry(
                    "explain", "what a logged number says, and if it is healthy", RUNS, () -> new ExplainCommand()),
            new Shell.Entry("bench", "how fast the engine is on this machine", ABOUT, () -> new BenchCommand()),
            new Shell.Entry("version", "which Heed this is", ABOUT, () -> new VersionCommand()));

    private Main() {}

    public static void main(String[] args) {
        launch(COMMANDS, args);
    }

    /** Runs a command with this process's own streams and ends the process with its exit code. */
    static void launch(List<Shell.Entry> commands, String... args) {
        PrintStream out = utf8(FileDescriptor.out);
        PrintStream err = utf8(FileDescriptor.err);
        System.setErr(err);
        System.setOut(err); // a library that prints must not spoil the one JSON document on standard output
        Interrupt.install();
        Optional<JobFolder> job = JobFolder.ofThisProcess();
        job.ifPresent(JobFolder::beginHere);
        int code = Shell.FAILED;
        try {
            code = new Shell(commands, out, err).run(args);
        } finally {
            int ended = code;
            job.ifPresent(one -> one.endHere(ended));
            Interrupt.ended();
        }
        if (!Interrupt.requested()) { // otherwise the JVM is ending already, and exit() would wait for ever
            System.exit(code);
        }
    }

    /**
     * Runs a command.
     *
     * @return the exit code
     */
    static int run(String[] args, PrintStream out, PrintStream err) {
        return new Shell(COMMANDS, out, err).run(args);
    }

    private static PrintStream utf8(FileDescriptor to) {
        return new PrintStream(new FileOutputStream(to), true, StandardCharsets.UTF_8);
    }
}
