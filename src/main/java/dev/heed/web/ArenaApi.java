package dev.heed.web;

import static dev.heed.web.Route.get;
import static dev.heed.web.Route.post;

import dev.heed.db.ArenaStore;
import dev.heed.db.Conflict;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Battle;
import dev.heed.feedback.Battle.Decided;
import dev.heed.feedback.Battle.Vote;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Message;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Role;
import dev.heed.feedback.Split;
import dev.heed.quality.Bootstrap;
import dev.heed.rating.Bout;
import dev.heed.rating.Game;
import dev.heed.rating.Leaderboard;
import dev.heed.web.Matchmaker.Match;
import dev.heed.web.ModelHost.Kind;
import dev.heed.web.ModelHost.Model;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.NotFoundResponse;
import io.javalin.http.TooManyRequestsResponse;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Two models answer a person, who says which answer is better and only then learns whose they are. Votes rate models; nothing
 * that trains reads them.
 */
final class ArenaApi {
    private static final int LONGEST_PROMPT = 4000; // characters
    private static final int MOST_AT_ONCE = 4; // battles being written, each by one model at a time
    private static final int RESAMPLES = 500;

    private final FeedbackStore store;
    private final ArenaStore arena;
    private final ModelHost host;
    private final Audit audit;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom(); // nobody can foretell who is on the left
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    private final Semaphore free = new Semaphore(MOST_AT_ONCE);
    private @Nullable Table last;

    ArenaApi(FeedbackStore store, ModelHost host, Audit audit, InstantSource clock) {
        this.store = store;
        this.arena = store.arena();
        this.host = host;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * A battle that is wanted.
     *
     * @param prompt in the person's own words; null for a held-out prompt of the home
     * @param models two that a lead wants to meet; null for any two
     */
    record Wanted(@Nullable String prompt, @Nullable List<String> models) {}

    /** A battle as it is shown before the vote: nothing tells who wrote what. */
    record Posed(UUID id, List<Message> prompt, String first, String second) {
        static Posed of(Battle battle) {
            return new Posed(
                    battle.id(),
                    battle.prompt(),
                    battle.first().text(),
                    battle.second().text());
        }
    }

    record Voted(Vote vote) {}

    /** Whose answers they were. */
    record Revealed(UUID id, Vote vote, String first, String second) {}

    /**
     * How the models stand.
     *
     * @param models that can be asked now, in the order of their names
     */
    record Table(List<String> models, Leaderboard leaderboard) {}

    List<Route> routes() {
        return List.of(
                get("/api/arena", Access.VIEWER, "models by their rating", ctx -> Wire.answer(ctx, table()))
                        .gives(Table.class),
                get("/api/battles", Access.LABELER, "the battle that waits for your vote, if any; blind", this::open)
                        .gives(Posed[].class),
                post("/api/battles", Access.LABELER, "two models answer; blind", this::begin)
                        .takes(Wanted.class)
                        .gives(Posed.class),
                post("/api/battles/{id}", Access.LABELER, "vote, and learn whose the answers are", this::vote)
                        .takes(Voted.class)
                        .gives(Revealed.class));
    }

    // ---- the table ----

    /** Computed anew only after a vote, or where models came or went. */
    private synchronized Table table() {
        List<String> models = models();
        Table table = last;
        if (table == null
                || table.leaderboard().games() != arena.votes()
                || !table.models().equals(models)) {
            table = new Table(models, leaderboard(models, arena.decided()));
            last = table;
        }
        return table;
    }

    private List<String> models() {
        return host.models().stream()
                .filter(model -> model.kind() == Kind.LANGUAGE)
                .map(Model::id)
                .toList();
    }

    /** Of all models that can be asked, and of those that once could. */
    private static Leaderboard leaderboard(List<String> models, List<Decided> decided) {
        List<String> players = Stream.concat(
                        models.stream(), decided.stream().flatMap(one -> Stream.of(one.first(), one.second())))
                .distinct()
                .toList();
        return Leaderboard.of(
                decided.stream().map(one -> bout(one, players)).toList(), players, new Bootstrap(0, RESAMPLES));
    }

    private static Bout bout(Decided one, List<String> players) {
        double score =
                switch (one.vote()) {
                    case FIRST -> 1;
                    case SECOND -> 0;
                    case TIE, BOTH_BAD -> 0.5;
                };
        Game game = new Game(players.indexOf(one.first()), players.indexOf(one.second()), score);
        return Bout.of(game, one.firstLength(), one.secondLength());
    }

    // ---- battles ----

    private void open(Context ctx) {
        Wire.answer(
                ctx,
                arena.findOpen(Caller.expect(ctx).name()).map(Posed::of).stream()
                        .toList());
    }

    private void begin(Context ctx) throws InterruptedException {
        Caller caller = Caller.expect(ctx);
        Wanted wanted = Wire.body(ctx, Wanted.class);
        Match match = match(ctx, caller, wanted.models());
        List<Message> prompt = prompt(wanted.prompt());
        if (!waiting.add(caller.name())) {
            throw new TooManyRequestsResponse("two models are writing for you already; wait for them");
        }
        try {
            Wire.answer(ctx, Posed.of(begun(caller.name(), match, prompt)));
        } finally {
            waiting.remove(caller.name());
        }
    }

    private Battle begun(String person, Match match, List<Message> prompt) throws InterruptedException {
        if (!free.tryAcquire()) {
            throw new TooManyRequestsResponse(
                    "models are writing for %d people already; try again in a moment".formatted(MOST_AT_ONCE));
        }
        try {
            // One after the other: two large models need not fit into memory together.
            Completion one = new Contender(host, match.one()).answer(prompt);
            Completion other = new Contender(host, match.other()).answer(prompt);
            boolean swapped = random.nextBoolean();
            Battle battle = new Battle(
                    UUID.randomUUID(), prompt, swapped ? other : one, swapped ? one : other, person, clock.instant());
            arena.add(battle);
            return battle;
        } finally {
            free.release();
        }
    }

    private Match match(Context ctx, Caller caller, @Nullable List<String> named) {
        List<String> models = models();
        if (models.size() < 2) {
            throw new Conflict(
                    "an arena needs two models that write, this home has %d; ./heed demo makes some, and so does each of heed sft, heed ppo, heed dpo …"
                            .formatted(models.size()));
        }
        if (named == null) {
            return Matchmaker.any(models, table().leaderboard().meetings(), random.nextDouble());
        }
        if (!caller.person().role().includes(Role.LEAD)) {
            throw new ForbiddenResponse("only a lead says which models meet; leave models out");
        }
        if (named.size() != 2 || named.get(0).equals(named.get(1))) {
            throw new BadRequestResponse("models must be two different ones, were %s".formatted(named));
        }
        named.stream().filter(name -> !models.contains(name)).findFirst().ifPresent(name -> {
            throw new NotFoundResponse(
                    "no model '%s' that writes; there are %s".formatted(name, String.join(", ", models)));
        });
        audit.note(ctx, caller.name(), "battle", "between " + String.join(" and ", named));
        return new Match(named.get(0), named.get(1));
    }

    private List<Message> prompt(@Nullable String words) {
        if (words == null) {
            return heldOut();
        }
        String text = words.strip();
        if (text.isEmpty() || text.length() > LONGEST_PROMPT) {
            throw new BadRequestResponse(
                    "a prompt has 1 to %d characters, was %d".formatted(LONGEST_PROMPT, text.length()));
        }
        return List.of(Message.user(text));
    }

    /** One that no model has learned from. */
    private List<Message> heldOut() {
        return store.anyPrompt(Split.HELD_OUT, random.nextDouble())
                .map(Prompt::messages)
                .orElseThrow(
                        () -> new Conflict("this home has no held-out prompts; write one, or ./heed import prompts"));
    }

    private void vote(Context ctx) {
        Vote vote = Wire.body(ctx, Voted.class).vote();
        Battle battle = expect(ctx.pathParam("id"), Caller.expect(ctx).name());
        arena.vote(battle, vote, clock.instant());
        Wire.answer(
                ctx,
                new Revealed(
                        battle.id(),
                        vote,
                        battle.first().model(),
                        battle.second().model()));
    }

    private Battle expect(String id, String person) {
        try {
            return arena.find(UUID.fromString(id), person).orElseThrow(() -> unknown(id));
        } catch (IllegalArgumentException e) {
            throw unknown(id);
        }
    }

    private static NotFoundResponse unknown(String id) {
        return new NotFoundResponse("no battle %s waits for you".formatted(id));
    }
}
