package dev.heed.card;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.eval.Contest;
import dev.heed.eval.DemoResult;
import dev.heed.eval.ModelCard;
import dev.heed.eval.exam.ExamResult;
import dev.heed.eval.report.CardData.Evaluation;
import dev.heed.eval.report.CardData.Sat;
import dev.heed.run.Json;
import dev.heed.run.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What evaluations left in a home: {@code heed demo}, round and eval, compare, and exams. */
final class Evaluations {
    private static final Pattern COMPARED = Pattern.compile("compare-(.+)-(\\d+)");
    private static final String PRETRAINED = "pretrain"; // its name in the loop; the evaluation calls it base

    private final Path home;
    private final List<String> troubles;
    private final @Nullable DemoResult loop;

    /** @param troubles gets a line for each file that cannot be read */
    Evaluations(Path home, List<String> troubles) {
        this.home = home;
        this.troubles = troubles;
        this.loop = read("result.json", DemoResult.class, document -> document.path("models")
                .isArray());
    }

    @Nullable
    Evaluation find(String run) {
        Matcher compared = COMPARED.matcher(run);
        if (compared.matches()) {
            return ofContest(compared.group(1), Integer.parseInt(compared.group(2)));
        }
        Optional<ModelCard> card = card(run.equals(PRETRAINED) ? "base" : run);
        Optional<ModelCard> baseline = card("sft");
        return card.isEmpty() || baseline.isEmpty()
                ? null
                : new Evaluation(
                        "result.json", card.get(), baseline.get(), card("base").orElse(null));
    }

    private Optional<ModelCard> card(String name) {
        return loop == null
                ? Optional.empty()
                : loop.models().stream().filter(c -> c.name().equals(name)).findFirst();
    }

    private @Nullable Evaluation ofContest(String method, int number) {
        Contest contest = read("compare.json", Contest.class, document -> true);
        return contest == null
                ? null
                : contest.entrants().stream()
                        .filter(entrant -> entrant.method().equals(method))
                        .flatMap(entrant -> entrant.seeds().stream().skip(number - 1))
                        .findFirst()
                        .map(card -> new Evaluation("compare.json", card, contest.baseline(), null))
                        .orElse(null);
    }

    /** What the loop says of its newest reward model, where that is the one. */
    DemoResult.@Nullable RewardModel reward(String run) {
        if (loop == null) {
            return null;
        }
        String newest = loop.models().get(loop.models().size() - 1).name();
        return run.equals(newest.replaceFirst("^ppo-", "reward-")) ? loop.rewardModel() : null;
    }

    /** The exams that a run's model sat, in the order of their names. */
    List<Sat> exams(String run) {
        List<Sat> sat = new ArrayList<>();
        for (Path file : files(home.resolve("exams"))) {
            ExamResult exam = read(home.relativize(file).toString(), ExamResult.class, document -> true);
            if (exam != null) {
                exam.models().stream()
                        .filter(candidate -> candidate.name().equals(run))
                        .findFirst()
                        .ifPresent(candidate -> sat.add(new Sat(exam, candidate)));
            }
        }
        return sat;
    }

    private static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder, e);
        }
    }

    /** @param fits whether the document is of that kind at all; another command may have written it */
    private <T> @Nullable T read(String name, Class<T> type, Predicate<JsonNode> fits) {
        Path file = home.resolve(name);
        if (!Files.exists(file)) {
            return null;
        }
        try {
            JsonNode document = Json.read(file);
            return fits.test(document) ? Json.mapper().treeToValue(document, type) : null;
        } catch (UserError e) {
            troubles.add(String.valueOf(e.getMessage()));
        } catch (JsonProcessingException e) {
            troubles.add("%s is not as expected: %s".formatted(file, Json.where(e)));
        }
        return null;
    }
}
