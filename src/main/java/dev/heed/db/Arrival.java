package dev.heed.db;

import dev.heed.feedback.Asking;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Event;
import dev.heed.feedback.Grades;
import dev.heed.feedback.Plan;
import dev.heed.feedback.Preference;
import dev.heed.feedback.Taken.Fate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Answers from elsewhere, with the comparisons that they are about. What is there already is known by its id, or by its
 * labeler having said the same to the same comparison; what says otherwise is refused, as an import adds and never
 * overrules. A campaign that this home lacks is made, closed. A labeler whom the other home left out of training is
 * left out here too.
 */
final class Arrival {
    private static final String WHO = "import";

    private final Handle handle;
    private final Written written;
    private final Map<String, Long> campaigns = new HashMap<>();

    /** Inserts preferences that contradict nothing. */
    interface Insertion {
        void insert(List<Preference> fresh);
    }

    private Arrival(Handle handle, Written written) {
        this.handle = handle;
        this.written = written;
        handle.createQuery("select id, name from campaign where id <> :loop")
                .bind("loop", Campaign.LOOP)
                .map((row, context) -> Map.entry(row.getString("name"), row.getLong("id")))
                .forEach(one -> campaigns.put(one.getKey(), one.getValue()));
        campaigns.put("", Campaign.LOOP);
    }

    /** @return what became of each */
    static List<Fate> take(Handle handle, List<Event> events, Written written, Insertion insertion) {
        Arrival arrival = new Arrival(handle, written);
        List<Preference> numbered = arrival.numbered(events);
        Said said = Said.of(handle, numbered);
        List<Preference> fresh = new ArrayList<>();
        List<Fate> fates = new ArrayList<>();
        for (Preference preference : numbered) {
            Fate fate = said.fate(preference);
            if (fate == Fate.ADDED) {
                said.add(preference);
                fresh.add(preference);
            }
            fates.add(fate);
        }
        if (!fresh.isEmpty()) {
            insertion.insert(fresh);
        }
        arrival.exclude(events);
        return fates;
    }

    /** The preferences, each about the comparison as this store numbers it. */
    private List<Preference> numbered(List<Event> events) {
        Map<Comparison, Long> numbers = new HashMap<>();
        Set<Comparison> waiting = new LinkedHashSet<>(); // in the order of the events, so that numbers follow it
        for (Event event : events) {
            waiting.add(original(event, campaign(event)));
            if (isRepeat(event)) {
                add(waiting, numbers); // a repeat names its original by number
                waiting.add(again(event, campaign(event), numbers));
            }
        }
        add(waiting, numbers);
        List<Preference> numbered = new ArrayList<>();
        for (Event event : events) {
            long campaign = campaign(event);
            Comparison about = isRepeat(event) ? again(event, campaign, numbers) : original(event, campaign);
            Preference sent = event.preference();
            numbered.add(PreferenceTable.at(
                    PreferenceTable.about(sent, Objects.requireNonNull(numbers.get(about))),
                    sent.at().truncatedTo(ChronoUnit.MILLIS)));
        }
        return numbered;
    }

    private void add(Set<Comparison> waiting, Map<Comparison, Long> numbers) {
        List<Comparison> asked = List.copyOf(waiting);
        List<Comparison> stored = ComparisonTable.add(handle, asked, written);
        for (int i = 0; i < asked.size(); i++) {
            numbers.put(asked.get(i), stored.get(i).id());
        }
        waiting.clear();
    }

    private static boolean isRepeat(Event event) {
        return event.comparison().asking().repeat() != null;
    }

    /** The comparison; of a repeat, the one that is asked again: with the sides the other way round. */
    private static Comparison original(Event event, long campaign) {
        Comparison c = event.comparison();
        Asking asking = new Asking(campaign, null);
        return (isRepeat(event) ? c.swapped() : c).with(0).with(asking);
    }

    private static Comparison again(Event event, long campaign, Map<Comparison, Long> numbers) {
        long original = Objects.requireNonNull(numbers.get(original(event, campaign)));
        Asking.Repeat repeat =
                Objects.requireNonNull(event.comparison().asking().repeat());
        return event.comparison().with(0).with(new Asking(campaign, new Asking.Repeat(original, repeat.labeler())));
    }

    private long campaign(Event event) {
        return campaigns.computeIfAbsent(event.campaign(), missing -> {
            long id = handle.createQuery("select max(id) + 1 from campaign")
                    .mapTo(Long.class)
                    .one();
            CampaignStore.insert(handle, id, missing, plan(event.comparison()), Instant.now());
            handle.createUpdate("update campaign set open = false where id = :id")
                    .bind("id", id)
                    .execute();
            return id;
        });
    }

    private static Plan plan(Comparison comparison) {
        return Plan.of(1).with(comparison.kind(), comparison.axes());
    }

    private void exclude(List<Event> events) {
        Set<String> there = EventTable.excluded(handle);
        events.stream()
                .filter(event ->
                        event.excluded() && there.add(event.preference().labeler()))
                .forEach(event -> handle.createUpdate(
                                "insert into excluded (labeler, excluded_by, excluded_at) values (:labeler, :by, :now)")
                        .bind("labeler", event.preference().labeler())
                        .bind("by", WHO)
                        .bind("now", Timestamps.of(Instant.now()))
                        .execute());
    }

    /** What is stored about these comparisons, and what of the batch will be. */
    private static final class Said {
        private final Map<UUID, Preference> byId = new HashMap<>();
        private final Map<Answered, Preference> current = new HashMap<>();

        static Said of(Handle handle, List<Preference> batch) {
            Said said = new Said();
            Set<Long> comparisons = new HashSet<>();
            batch.forEach(preference -> comparisons.add(preference.comparison()));
            PreferenceTable.withIds(
                            handle,
                            batch.stream().map(Preference::id).distinct().toList())
                    .forEach(row -> said.byId.put(row.preference().id(), row.preference()));
            PreferenceTable.ofComparisons(handle, List.copyOf(comparisons)).forEach(row -> said.add(row.preference()));
            return said;
        }

        /** Of one labeler and comparison, in the order of their corrections. */
        void add(Preference preference) {
            byId.put(preference.id(), preference);
            current.put(Answered.of(preference), preference);
        }

        Fate fate(Preference sent) {
            Preference same = byId.get(sent.id());
            if (same != null) {
                return saysTheSame(same, sent) && same.comparison() == sent.comparison() ? Fate.THERE : Fate.REFUSED;
            }
            @Nullable Preference now = current.get(Answered.of(sent));
            if (Objects.equals(now == null ? null : now.id(), sent.replaces())) {
                return Fate.ADDED;
            }
            return now != null && saysTheSame(now, sent) ? Fate.THERE : Fate.REFUSED;
        }

        private static boolean saysTheSame(Preference one, Preference other) {
            return one.labeler().equals(other.labeler())
                    && one.answer() == other.answer()
                    && graded(one.grades()).equals(graded(other.grades()));
        }

        private static List<Object> graded(@Nullable Grades grades) {
            return grades == null ? List.of() : List.of(grades.ranks(), grades.ratings());
        }
    }

    private record Answered(long comparison, String labeler) {
        static Answered of(Preference preference) {
            return new Answered(preference.comparison(), preference.labeler());
        }
    }
}
