package dev.heed;

import dev.heed.card.Gathering;
import dev.heed.eval.report.CardData.Hub;
import dev.heed.eval.report.CardPage;
import dev.heed.eval.report.Report;
import dev.heed.run.RunDir;
import dev.heed.web.CardHost;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The report cards of a home's models, each as the files are now. */
record Cards(Path home) implements CardHost {
    private static final String HERE = "";

    @Override
    public Card page(String run) {
        return card(run, HERE);
    }

    @Override
    public Card file(String run) {
        return card(run, null);
    }

    /** One after the other: a card takes a second of a core. */
    private synchronized Card card(String run, @Nullable String server) {
        return new Card(CardPage.of(Gathering.of(home, RunDir.at(home, run), Hub.UNKNOWN, server)), Report.policy());
    }
}
