package dev.heed.exchange;

import dev.heed.db.Feedback;
import dev.heed.web.FileHost;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Files for the leads of a server.
 *
 * @param mostBytes of a file that is brought
 */
public record Exchange(Feedback feedback, long mostBytes) implements FileHost {
    private static final long USUAL_MOST = 1L << 30;

    public Exchange(Feedback feedback) {
        this(feedback, USUAL_MOST);
    }

    @Override
    public Table table() {
        return new Table(
                Export.offers().stream()
                        .map(offer -> new Offer(offer.name(), offer.what()))
                        .toList(),
                Format.names(),
                mostBytes);
    }

    @Override
    public Optional<Download> export(String file, @Nullable String campaign, @Nullable Integer round) {
        return Export.find(file).map(export -> new Download() {
            @Override
            public String type() {
                return export.type();
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                export.writeTo(out, feedback, new Filter(campaign, round));
            }
        });
    }

    @Override
    public Received take(Sent sent, LongConsumer progress) {
        try {
            Import.Told told = Import.run(
                    feedback, new Import.Order(sent.file(), sent.name(), sent.format(), sent.skipInvalid()), progress);
            return received(told, told.text(), false);
        } catch (Import.Refused refused) {
            Import.Told told = refused.told();
            String said = "%,d bad %s, so nothing was taken; the first is line %d: %s"
                    .formatted(
                            told.skipped(),
                            told.skipped() == 1 ? "row" : "rows",
                            told.bad().get(0).line(),
                            told.bad().get(0).reason());
            return received(told, said, true);
        }
    }

    private static Received received(Import.Told told, String said, boolean refused) {
        List<Bad> bad = told.bad().stream()
                .map(one -> new Bad(one.file(), one.line(), one.reason()))
                .toList();
        return new Received(
                said, refused, told.rows(), told.added(), told.there(), told.skipped(), told.leftOut(), bad);
    }
}
