package dev.heed.web;

import dev.heed.run.UserError;

/** Who writes report cards of models: the server itself evaluates nothing, and the root wires in what does. */
public interface CardHost {
    /** Of a server that only labels. */
    CardHost NONE = new CardHost() {
        @Override
        public Card page(String run) {
            throw new UserError("this server writes no report cards");
        }

        @Override
        public Card file(String run) {
            return page(run);
        }
    };

    /**
     * A card.
     *
     * @param html the whole page
     * @param policy what a browser lets it do, as the Content-Security-Policy says it
     */
    record Card(String html, String policy) {}

    /**
     * The card of a run's model, with links to this server's other pages.
     *
     * @throws UserError if the run made no model, or its files cannot be read
     */
    Card page(String run);

    /** The same to keep: it leads nowhere. */
    Card file(String run);
}
