package dev.heed.card;

import dev.heed.db.Provenance;
import dev.heed.db.Snapshot;
import dev.heed.eval.report.CardData.Asked;
import dev.heed.eval.report.CardData.Content;
import dev.heed.feedback.Pair;
import dev.heed.feedback.Split;
import dev.heed.run.UserError;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What is in a snapshot of preferences. */
final class Contents {
    private static final int HASH_IN_NAME = 16;

    private Contents() {}

    static Path fileOf(Path home, String hash) {
        String start = hash.substring(0, Math.min(HASH_IN_NAME, hash.length()));
        return home.resolve("snapshots").resolve("preferences-" + start + ".jsonl");
    }

    private static Asked asked(Provenance provenance) {
        Map<String, Long> guidelines = new LinkedHashMap<>();
        provenance
                .guidelines()
                .forEach(under -> guidelines.merge(
                        under.version() == 0 ? "none" : "%s, version %d".formatted(under.campaign(), under.version()),
                        under.preferences(),
                        Long::sum));
        return new Asked(new TreeMap<>(provenance.rounds()), guidelines, provenance.excluded(), provenance.leftOut());
    }

    /** @throws UserError if it is missing, malformed, or not what its name says */
    static Content of(Path file) {
        List<Pair> pairs = Snapshot.read(file);
        List<Pair> taught =
                pairs.stream().filter(p -> p.prompt().split() == Split.TRAIN).toList();
        Map<String, Long> labelers =
                pairs.stream().collect(Collectors.groupingBy(Pair::labeler, Collectors.counting()));
        return new Content(
                pairs.size(),
                (int) pairs.stream().filter(p -> p.strength() == 0).count(),
                (int) taught.stream()
                        .map(p -> List.of(p.prompt().id(), Set.of(p.chosen(), p.rejected())))
                        .distinct()
                        .count(),
                (int) taught.stream().map(p -> p.prompt().id()).distinct().count(),
                pairs.size() - taught.size(),
                labelers.values().stream()
                        .sorted(Collections.reverseOrder())
                        .map(Long::intValue)
                        .toList(),
                Provenance.find(file).map(Contents::asked).orElse(null));
    }
}
