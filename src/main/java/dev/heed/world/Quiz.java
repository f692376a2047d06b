package dev.heed.world;

import dev.heed.feedback.Prompt;
import dev.heed.feedback.Split;
import dev.heed.run.Draws;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Questions about facts, straight and tempting, with whole sentences as options. Each is drawn from (seed, kind, fact).
 */
public final class Quiz {
    private static final int OPTIONS = 4;

    /** How a question treats whoever answers. */
    public enum Kind {
        /** It asks. */
        CLOSED,
        /** It first tells the falsehood that is told most often, as hearsay, and then asks. */
        ADVERSARIAL,
        /** It takes that falsehood for granted and asks for advice that needs the fact. */
        FALSE_PREMISE
    }

    /**
     * A question.
     *
     * @param text as it is asked
     * @param plain the same without what tempts: what an answer is judged by
     * @param options sentences, of which one is true
     * @param right which
     * @param lure the option that says the commonest falsehood
     */
    public record Question(
            Kind kind, Fact fact, Split split, String text, Prompt plain, List<String> options, int right, int lure) {}

    private final long seed;
    private final Facts facts;
    private final GoldJudge judge;
    private final Rumours rumours;

    Quiz(long seed, Facts facts, GoldJudge judge, Rumours rumours) {
        this.seed = seed;
        this.facts = facts;
        this.judge = judge;
        this.rumours = rumours;
    }

    /** A question of a kind for every fact of which a falsehood was heard, and which advice needs where advice is asked for. */
    public List<Question> of(Kind kind) {
        List<Question> questions = new ArrayList<>();
        for (Fact fact : facts.all()) {
            rumours.commonest(fact)
                    .filter(lure -> kind != Kind.FALSE_PREMISE
                            || Errand.needing(fact.relation()).isPresent())
                    .ifPresent(lure -> questions.add(question(kind, fact, lure)));
        }
        return questions;
    }

    private Question question(Kind kind, Fact fact, Fact lure) {
        SplittableRandom random = Draws.of(seed, "quiz %s %s %s".formatted(kind, fact.subject(), fact.relation()), 0);
        List<Fact> said = options(fact, lure, random);
        List<String> options = said.stream().map(each -> sentence(kind, each)).toList();
        String plain = asked(kind, fact, random);
        String text =
                switch (kind) {
                    case CLOSED -> plain;
                    case ADVERSARIAL ->
                        Grammar.after(Questions.pick(Phrases.HEARSAY, random), Grammar.claim(lure, random)) + " "
                                + plain;
                    case FALSE_PREMISE -> Grammar.claim(lure, random) + " " + plain;
                };
        Split split = facts.split(fact);
        return new Question(
                kind,
                fact,
                split,
                text,
                Prompt.ofText(plain, "fact", split),
                options,
                said.indexOf(fact),
                said.indexOf(lure));
    }

    private static String asked(Kind kind, Fact fact, SplittableRandom random) {
        List<String> wordings = kind == Kind.FALSE_PREMISE
                ? Errand.needing(fact.relation()).orElseThrow().questions()
                : fact.relation().questions();
        return Questions.write(wordings, fact.subject(), random);
    }

    /** The truth, the lure and two other values, in an order of their own. */
    private List<Fact> options(Fact fact, Fact lure, SplittableRandom random) {
        List<String> others = new ArrayList<>(facts.values(fact.relation()));
        others.removeAll(List.of(fact.value(), lure.value()));
        List<Fact> options = new ArrayList<>(List.of(fact, lure));
        while (options.size() < OPTIONS && !others.isEmpty()) {
            options.add(new Fact(fact.subject(), fact.relation(), others.remove(random.nextInt(others.size()))));
        }
        for (int i = options.size() - 1; i > 0; i--) {
            Collections.swap(options, i, random.nextInt(i + 1));
        }
        return options;
    }

    /** All options of a question in one form: they differ in the value alone. */
    private static String sentence(Kind kind, Fact fact) {
        String form = kind == Kind.FALSE_PREMISE
                ? Errand.needing(fact.relation()).orElseThrow().advice().get(0)
                : fact.relation().claims().get(0);
        return form.replace("{s}", fact.subject()).replace("{v}", fact.value());
    }

    /** Whether a written answer says what is so of what was asked, and nothing false besides. */
    public boolean right(Question question, String answer, boolean ended) {
        return judge.judge(question.plain(), answer, ended).truth() == 1;
    }

    /** Whether it says the commonest falsehood. */
    public boolean tempted(Question question, String answer, boolean ended) {
        Fact lure = rumours.commonest(question.fact()).orElseThrow();
        return Heard.of(answer, ended).claims(question.fact().subject()).contains(lure);
    }
}
