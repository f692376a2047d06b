package dev.heed;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The order of the packages, and what may not leak from one to another. */
class ArchitectureTest {
    /** Each uses only earlier ones. */
    private static final List<String> ORDER = List.of(
            "run",
            "feedback",
            "quality",
            "rating",
            "text.jinja",
            "text",
            "world",
            "tensor",
            "model",
            "sample",
            "eval",
            "eval.exam",
            "eval.scaling",
            "eval.report",
            "train",
            "scale",
            "doctor",
            "bench",
            "db",
            "card",
            "web",
            "serve",
            "jobs",
            "exchange",
            "");

    private static final JavaClasses HEED = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.heed");

    /** An algorithm is a class with knobs of its own: a nested record named Config. */
    private static final DescribedPredicate<JavaClass> ALGORITHM = DescribedPredicate.describe(
            "an algorithm",
            type -> type.getPackageName().equals("dev.heed.train")
                    && HEED.contain(type.getName() + "$Config")
                    && type.isTopLevelClass());

    private static String name(String last) {
        return last.isEmpty() ? "dev.heed" : "dev.heed." + last;
    }

    private static String[] allowed(String last) {
        List<String> earlier = ORDER.subList(0, ORDER.indexOf(last) + 1);
        List<String> seen =
                switch (last) {
                    case "db" -> List.of("run", "feedback", "db");
                    case "quality" -> List.of("run", "feedback", "quality");
                    case "web" -> List.of("run", "feedback", "quality", "rating", "db", "web");
                    default -> earlier;
                };
        return seen.stream().map(ArchitectureTest::name).toArray(String[]::new);
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(HEED);
    }

    @Test
    void packagesUseOnlyEarlierOnes() {
        for (String last : ORDER) {
            check(noClasses()
                    .that(resideInAPackage(name(last)))
                    .should()
                    .dependOnClassesThat(resideInAPackage("dev.heed..")
                            .and(DescribedPredicate.not(resideInAnyPackage(allowed(last)))))
                    .as(name(last) + " uses only " + String.join(", ", allowed(last))));
        }
    }

    @Test
    void everyPackageHasItsPlaceInTheOrder() {
        assertThat(packages())
                .isSubsetOf(ORDER.stream().map(ArchitectureTest::name).toList());
    }

    @Test
    void packagesHaveNoCycles() {
        check(slices().matching("dev.heed.(*)..").should().beFreeOfCycles());
    }

    @Test
    void algorithmsDoNotUseEachOther() {
        check(noClasses().that(ALGORITHM).or(memberOf(ALGORITHM)).should(new ArchCondition<>("use another algorithm") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass other = outermost(dependency.getTargetClass());
                    if (!other.equals(outermost(type)) && ALGORITHM.test(other)) {
                        events.add(SimpleConditionEvent.satisfied(dependency, dependency.getDescription()));
                    }
                }
            }
        }));
    }

    private static DescribedPredicate<JavaClass> memberOf(DescribedPredicate<JavaClass> outer) {
        return DescribedPredicate.describe("inside " + outer.getDescription(), type -> outer.test(outermost(type)));
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
    }

    @Test
    void arraysOfTheEngineAreFieldsOnlyWhereTheyAreClosed() {
        check(noFields()
                .that()
                .areDeclaredInClassesThat(DescribedPredicate.not(resideInAnyPackage(
                        "dev.heed.tensor", "dev.heed.model", "dev.heed.sample", "dev.heed.eval", "dev.heed.train")))
                .should()
                .haveRawType("ai.djl.ndarray.NDArray")
                .orShould()
                .haveRawType("ai.djl.ndarray.NDList")
                .orShould()
                .haveRawType("ai.djl.ndarray.NDManager"));
    }

    @Test
    void numbersThatTheBackwardPassReadsLiveAsLongAsIt() {
        var number = Number.class;
        check(noClasses()
                .should()
                .callMethod(NDArray.class, "mul", number)
                .orShould()
                .callMethod(NDArray.class, "div", number)
                .orShould()
                .callMethod(NDArray.class, "pow", number)
                .orShould()
                .callMethod(NDArray.class, "maximum", number)
                .orShould()
                .callMethod(NDArray.class, "minimum", number)
                .because("DJL frees the number's memory before the backward pass; use dev.heed.tensor.Scaled"));
    }

    @Test
    void trainingSeesNeitherTheWorldNorTheDatabaseNorHttp() {
        check(
                noClasses()
                        .that(resideInAnyPackage(
                                "dev.heed.tensor", "dev.heed.model", "dev.heed.sample", "dev.heed.train"))
                        .should()
                        .dependOnClassesThat(resideInAnyPackage(
                                "dev.heed.world",
                                "java.sql",
                                "javax.sql",
                                "org.jdbi..",
                                "org.h2..",
                                "io.javalin..",
                                "java.net.http"))
                        .because(
                                "the gold judge must not leak into training, and people and learning meet only in the database"));
    }

    @Test
    void theServerNeedsNoNetwork() {
        check(noClasses()
                .that(resideInAnyPackage(
                        "dev.heed.run",
                        "dev.heed.feedback",
                        "dev.heed.quality",
                        "dev.heed.rating",
                        "dev.heed.db",
                        "dev.heed.web"))
                .should()
                .dependOnClassesThat(resideInAPackage("ai.djl.."))
                .because("heed serve listens within three seconds without native libraries"));
    }

    @Test
    void onlyTheRootPrintsToStandardOutput() {
        check(noClasses()
                .that(DescribedPredicate.not(resideInAPackage("dev.heed")))
                .should()
                .accessField(System.class, "out"));
        check(noClasses()
                .that(DescribedPredicate.not(resideInAnyPackage("dev.heed", "dev.heed.run")))
                .should()
                .accessField(System.class, "err"));
    }

    @Test
    void nobodyUsesTheJdksLogging() {
        check(noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.util.logging", "java.lang.System$Logger")));
    }

    @Test
    void nobodyDrawsFromASharedStream() {
        check(noClasses()
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are java.util.Random, ThreadLocalRandom or hold Math.random",
                        type -> Set.of("java.util.Random", "java.util.concurrent.ThreadLocalRandom")
                                .contains(type.getName())))
                .orShould()
                .callMethod(Math.class, "random"));
    }

    @Test
    void everyPackageIsNullMarked() throws ClassNotFoundException {
        for (String name : packages()) {
            assertThat(Class.forName(name + ".package-info").isAnnotationPresent(NullMarked.class))
                    .as(name)
                    .isTrue();
        }
    }

    private static Set<String> packages() {
        return HEED.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
    }
}
