package dev.heed.jobs;

import dev.heed.web.JobHost.Offer;
import dev.heed.web.JobHost.Order;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which commands may be started from a page, and with what. */
public interface Catalogue {
    Offer offer();

    /**
     * The command that an order asks for.
     *
     * @param coming runs that will be there once those jobs are done which are ahead of it
     * @throws dev.heed.run.UserError if the command would refuse it, or may not be started from a page
     */
    Planned plan(Order order, Set<String> coming);

    /**
     * A command.
     *
     * @param words as one would type them after {@code heed}, without the home
     * @param run what it makes; null where it makes none, or several
     */
    record Planned(List<String> words, @Nullable String run) {}
}
