package dev.heed.exchange;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.heed.feedback.Event;
import org.jspecify.annotations.Nullable;

/**
 * Which answers are exported.
 *
 * @param campaign name of the only campaign; "" for the loop's own, null for all
 * @param round the only round; null for all
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Filter(@Nullable String campaign, @Nullable Integer round) {
    public static final Filter NONE = new Filter(null, null);

    boolean lets(Event event) {
        return (campaign == null || campaign.equals(event.campaign()))
                && (round == null || round == event.comparison().round());
    }
}
