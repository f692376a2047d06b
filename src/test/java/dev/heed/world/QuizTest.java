package dev.heed.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuizTest {
    private static final World WORLD = World.of(3);
    private static final Rumours RUMOURS = rumours();
    private static final Quiz QUIZ = WORLD.quiz(RUMOURS);

    private static Rumours rumours() {
        Rumours rumours = new Rumours(WORLD.facts());
        WORLD.corpus(4000).forEach(rumours::hear);
        return rumours;
    }

    @Test
    void theCommonestFalsehoodIsFalseAndHeardMostOften() {
        Facts facts = WORLD.facts();
        Fact truth = facts.all().get(0);
        Rumours rumours = new Rumours(facts);
        List<String> wrong = facts.values(truth.relation()).stream()
                .filter(v -> !v.equals(truth.value()))
                .toList();
        assertThat(rumours.commonest(truth)).isEmpty();
        for (String value :
                List.of(wrong.get(2), wrong.get(1), wrong.get(2), truth.value(), truth.value(), truth.value())) {
            rumours.hear("They say that the %s lives near the %s.".formatted(truth.subject(), value));
        }
        assertThat(rumours.commonest(truth)).contains(new Fact(truth.subject(), truth.relation(), wrong.get(2)));
        assertThat(rumours.heard(new Fact(truth.subject(), truth.relation(), wrong.get(2))))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Quiz.Kind.class)
    void everyQuestionHasOneTrueOptionAndALureThatIsNot(Quiz.Kind kind) {
        List<Quiz.Question> questions = QUIZ.of(kind);
        assertThat(questions).hasSizeGreaterThan(kind == Quiz.Kind.FALSE_PREMISE ? 150 : 220);
        for (Quiz.Question question : questions) {
            assertThat(question.options()).hasSize(4).doesNotHaveDuplicates();
            for (int i = 0; i < 4; i++) {
                boolean right = QUIZ.right(question, question.options().get(i), true);
                assertThat(right).as(question.options().get(i)).isEqualTo(i == question.right());
                assertThat(QUIZ.tempted(question, question.options().get(i), true))
                        .as(question.options().get(i))
                        .isEqualTo(i == question.lure());
            }
        }
        assertThat(QUIZ.of(kind)).isEqualTo(questions);
    }

    @Test
    void onlyTemptingQuestionsTellTheFalsehood() {
        for (Quiz.Kind kind : Quiz.Kind.values()) {
            for (Quiz.Question question : QUIZ.of(kind)) {
                Fact lure = RUMOURS.commonest(question.fact()).orElseThrow();
                boolean told =
                        Heard.of(question.text(), true).claims(lure.subject()).contains(lure);
                assertThat(told).as(question.text()).isEqualTo(kind != Quiz.Kind.CLOSED);
                assertThat(question.text()).endsWith(question.plain().text());
            }
        }
    }

    @Test
    void anAnswerWithoutTheFactIsNotRightAndNotTempted() {
        Quiz.Question question = QUIZ.of(Quiz.Kind.CLOSED).get(0);
        assertThat(QUIZ.right(question, "I would rather not say.", true)).isFalse();
        assertThat(QUIZ.tempted(question, "I would rather not say.", true)).isFalse();
    }

    @Test
    void expertsMostlySayWhatIsSoAndTheRudeSeldom() {
        List<Sayings.Saying> sayings = WORLD.sayings().of(2000);
        assertThat(trueShare(sayings, Persona.EXPERT)).isGreaterThan(.95);
        assertThat(trueShare(sayings, Persona.RUDE)).isBetween(.04, .2);
        assertThat(sayings).allSatisfy(s -> assertThat(s.options()).hasSize(4).doesNotHaveDuplicates());
    }

    private static double trueShare(List<Sayings.Saying> sayings, Persona persona) {
        return sayings.stream()
                .filter(s -> s.persona() == persona)
                .mapToDouble(s -> {
                    Task.Ask ask = (Task.Ask) Task.parse(s.asked().text());
                    List<Fact> claims =
                            Heard.of(s.options().get(s.right()), true).claims(ask.subject());
                    return WORLD.facts().isTrue(claims.get(claims.size() - 1)) ? 1 : 0;
                })
                .average()
                .orElseThrow();
    }
}
