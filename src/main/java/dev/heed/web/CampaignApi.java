package dev.heed.web;

import static dev.heed.web.Route.get;
import static dev.heed.web.Route.post;

import dev.heed.db.CampaignStore;
import dev.heed.db.FeedbackStore;
import dev.heed.feedback.Asking;
import dev.heed.feedback.Campaign;
import dev.heed.feedback.Comparison;
import dev.heed.feedback.Completion;
import dev.heed.feedback.Kind;
import dev.heed.feedback.Known;
import dev.heed.feedback.KnownAnswer;
import dev.heed.feedback.Plan;
import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.web.AccountApi.Done;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a lead decides: what is worked on and how, what is right, and whose labels count. */
final class CampaignApi {
    private static final int LONGEST_GUIDELINE = 40_000;
    private static final int MOST_QUESTIONS = 5_000;

    private final FeedbackStore store;
    private final CampaignStore campaigns;
    private final Audit audit;
    private final InstantSource clock;

    CampaignApi(FeedbackStore store, Audit audit, InstantSource clock) {
        this.store = store;
        this.campaigns = store.campaigns();
        this.audit = audit;
        this.clock = clock;
    }

    record Overview(Campaign campaign, CampaignStore.Progress progress, String guideline) {}

    record Draft(String name, Plan plan) {}

    record Change(String name, Plan plan, boolean open) {}

    record Text(String text) {}

    /** @param completions two of them; of a campaign of rankings or ratings up to nine */
    record Question(String prompt, List<String> completions) {}

    record Questions(List<Question> questions) {}

    record Added(int added) {}

    record Exclusion(String labeler, boolean excluded) {}

    List<Route> routes() {
        return List.of(
                get("/api/campaigns", Access.LEAD, "every campaign and how far it is", this::all)
                        .gives(Overview[].class),
                post("/api/campaigns", Access.LEAD, "begin a campaign", this::add)
                        .takes(Draft.class)
                        .gives(Campaign.class),
                post("/api/campaigns/{id}", Access.LEAD, "change how a campaign asks, close or open it", this::change)
                        .takes(Change.class)
                        .gives(Campaign.class),
                get(
                                "/api/campaigns/{id}/guidelines",
                                Access.LABELER,
                                "every version, the latest first",
                                this::guidelines)
                        .gives(CampaignStore.Guideline[].class),
                post(
                                "/api/campaigns/{id}/guidelines",
                                Access.LEAD,
                                "a new version of the guidelines",
                                this::addGuideline)
                        .takes(Text.class)
                        .gives(CampaignStore.Guideline.class),
                post("/api/campaigns/{id}/questions", Access.LEAD, "prompts with their completions", this::addQuestions)
                        .takes(Questions.class)
                        .gives(Added.class),
                post("/api/gold", Access.LEAD, "say what the right answer is", this::setGold)
                        .takes(KnownAnswer.class)
                        .gives(Done.class),
                get(
                                "/api/exclusions",
                                Access.LEAD,
                                "whose labels are left out",
                                ctx -> Wire.answer(ctx, campaigns.excluded()))
                        .gives(String[].class),
                post(
                                "/api/exclusions",
                                Access.LEAD,
                                "leave someone's labels out of training, or take them in again",
                                this::exclude)
                        .takes(Exclusion.class)
                        .gives(Done.class));
    }

    private void all(Context ctx) {
        Wire.answer(ctx, campaigns.all().stream().map(this::overview).toList());
    }

    private Overview overview(Campaign campaign) {
        return new Overview(campaign, campaigns.progress(campaign), campaigns.guideline(campaign.id()));
    }

    private void add(Context ctx) {
        Draft draft = Wire.body(ctx, Draft.class);
        Campaign made = campaigns.add(AccountApi.expectName(draft.name()), draft.plan(), clock.instant());
        audit.note(ctx, Caller.expect(ctx).name(), "campaign", "began " + made.name());
        Wire.answer(ctx, made);
    }

    private Campaign expectCampaign(Context ctx) {
        long id = Wire.pathNumber(ctx, "id");
        return campaigns.find(id).orElseThrow(() -> new NotFoundResponse("there is no campaign " + id));
    }

    private void change(Context ctx) {
        Campaign before = expectCampaign(ctx);
        Change change = Wire.body(ctx, Change.class);
        Campaign now =
                campaigns.change(before.id(), AccountApi.expectName(change.name()), change.plan(), change.open());
        audit.note(ctx, Caller.expect(ctx).name(), "campaign", "changed " + now.name());
        Wire.answer(ctx, now);
    }

    private void guidelines(Context ctx) {
        Wire.answer(ctx, campaigns.guidelines(expectCampaign(ctx).id()));
    }

    private void addGuideline(Context ctx) {
        Campaign campaign = expectCampaign(ctx);
        String text = Wire.body(ctx, Text.class).text().strip();
        if (text.isEmpty() || text.length() > LONGEST_GUIDELINE) {
            throw new BadRequestResponse(
                    "guidelines have 1 to %d characters, were %d".formatted(LONGEST_GUIDELINE, text.length()));
        }
        String lead = Caller.expect(ctx).name();
        Wire.answer(ctx, campaigns.addGuideline(campaign.id(), text, lead, clock.instant()));
        audit.note(ctx, lead, "guideline", "of " + campaign.name());
    }

    private void addQuestions(Context ctx) {
        Campaign campaign = expectCampaign(ctx);
        List<Question> questions = Wire.large(ctx, Questions.class).questions();
        if (questions.isEmpty() || questions.size() > MOST_QUESTIONS) {
            throw new BadRequestResponse(
                    "from 1 to %d questions at once, were %d".formatted(MOST_QUESTIONS, questions.size()));
        }
        List<Comparison> comparisons = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            comparison(campaign, questions.get(i), i + 1).ifPresent(comparisons::add);
        }
        int added = store.addComparisons(comparisons).size();
        audit.note(ctx, Caller.expect(ctx).name(), "questions", "%d to %s".formatted(added, campaign.name()));
        Wire.answer(ctx, new Added(added));
    }

    private static Optional<Comparison> comparison(Campaign campaign, Question question, int number) {
        Kind kind = campaign.plan().kind();
        List<String> texts = question.completions();
        if (question.prompt() == null
                || question.prompt().isBlank()
                || texts == null
                || texts.contains(null)
                || texts.size() < kind.least()
                || texts.size() > kind.most()) {
            throw new BadRequestResponse("question %d needs a prompt and %s".formatted(number, completions(kind)));
        }
        return Comparison.among(
                1,
                Prompt.ofText(question.prompt(), campaign.name(), Split.TRAIN),
                texts.stream().map(text -> new Completion(text, "import", true)).toList(),
                campaign.plan().axes(),
                new Asking(campaign.id(), null));
    }

    private static String completions(Kind kind) {
        return kind == Kind.PAIR ? "two completions" : "%d to %d completions".formatted(kind.least(), kind.most());
    }

    private void setGold(Context ctx) {
        KnownAnswer given = Wire.body(ctx, KnownAnswer.class);
        Comparison comparison = store.findComparison(given.comparison())
                .orElseThrow(() -> new NotFoundResponse("there is no comparison " + given.comparison()));
        Known known = given.of(comparison.form());
        String lead = Caller.expect(ctx).name();
        campaigns.setGold(known, lead, clock.instant());
        audit.note(ctx, lead, "gold", "%d is %s".formatted(known.comparison(), known.judgement()));
        Wire.answer(ctx, Done.DONE);
    }

    private void exclude(Context ctx) {
        Exclusion given = Wire.body(ctx, Exclusion.class);
        String lead = Caller.expect(ctx).name();
        campaigns.exclude(AccountApi.expectName(given.labeler()), given.excluded(), lead, clock.instant());
        audit.note(
                ctx, lead, "exclusion", "%s %s".formatted(given.labeler(), given.excluded() ? "left out" : "taken in"));
        Wire.answer(ctx, Done.DONE);
    }
}
