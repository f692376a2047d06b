package dev.heed;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.heed.db.Feedback;
import dev.heed.exchange.Import;
import dev.heed.feedback.Campaign;
import dev.heed.run.Knob;
import dev.heed.run.Progress;
import dev.heed.run.UserError;
import dev.heed.text.QuestionFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What people said, of this or another tool, and what they are to be asked, into the store. Importing the same file again changes nothing. */
final class ImportCommand implements Command<ImportCommand.Knobs> {
    private static final int SHOWN = 10;
    private static final long LONG = 4L << 20; // bytes, from which one waits

    record Knobs(
            @Knob(
                            value = Knob.REQUIRED,
                            help =
                                    "prompts, preferences, rankings, ratings, demonstrations, events, pandalm, tulu or open-assistant, which may be left out; or questions for a campaign",
                            positional = true)
                    String kind,
            @Knob(
                            value = "",
                            help =
                                    "JSON lines, one JSON list or .csv, packed as .gz or not; or the .zip file of heed export",
                            positional = true)
                    @Nullable
                    Path file,
            @Knob(
                            value = "",
                            help = "the kind, where it is not named before the file; empty tells it from the first row")
                    String format,
            @Knob(value = "false", help = "leave bad lines out rather than import nothing") boolean skipInvalid,
            @Knob(value = "", help = "whose labelers are asked the questions") String campaign) {
        private static final String QUESTIONS = "questions";

        Knobs {
            if ((file != null && kind.equals(QUESTIONS)) == campaign.isBlank()) {
                throw new UserError("heed import questions FILE --campaign NAME: either comes with the other");
            }
        }

        Import.Order order() {
            return Import.Order.of(
                    file == null ? Path.of(kind) : file,
                    file == null || !format.isEmpty() ? format : kind,
                    skipInvalid);
        }
    }

    @Override
    public Class<Knobs> knobs() {
        return Knobs.class;
    }

    /** What is printed. */
    private record Imported(@JsonUnwrapped Import.Told told) implements Shown {
        @Override
        public String text() {
            return told.text();
        }
    }

    @Override
    public Object run(Context context, Knobs knobs) {
        if (!knobs.campaign().isEmpty()) {
            return questions(context, knobs);
        }
        Import.Order order = knobs.order();
        try (Feedback feedback = context.feedback()) {
            Import.Told told = run(feedback, order);
            show(context, told.bad());
            return new Imported(told);
        } catch (Import.Refused refused) {
            show(context, refused.told().bad());
            throw new UserError(String.valueOf(refused.getMessage()), refused);
        }
    }

    private static Object questions(Context context, Knobs knobs) {
        Path file = Objects.requireNonNull(knobs.file());
        try (Feedback feedback = context.feedback()) {
            Campaign campaign = SampleCommand.expectCampaign(feedback, knobs.campaign());
            QuestionFile read = QuestionFile.read(file, campaign.plan().kind());
            show(
                    context,
                    read.errors().stream()
                            .map(error -> new Import.Bad(file.toString(), error.line(), error.reason()))
                            .toList());
            if (!read.errors().isEmpty() && !knobs.skipInvalid()) {
                throw new UserError(
                        "%s has %d bad lines, the first is %s; nothing was imported, --skip-invalid leaves them out"
                                .formatted(
                                        file,
                                        read.errors().size(),
                                        read.errors().get(0)));
            }
            int added = QuestionImport.ask(feedback, campaign, read.questions());
            return Map.of("questions", added, "skipped", read.errors().size());
        }
    }

    private static Import.Told run(Feedback feedback, Import.Order order) {
        if (order.file().toFile().length() < LONG) {
            return Import.run(feedback, order, rows -> {});
        }
        try (Progress progress = Progress.of("rows", 0)) {
            return Import.run(feedback, order, rows -> progress.at(rows, ""));
        }
    }

    private static void show(Context context, List<Import.Bad> bad) {
        bad.stream().limit(SHOWN).forEach(one -> context.say(one.toString()));
        if (bad.size() > SHOWN) {
            context.say("… and more");
        }
    }
}
