package dev.heed.train;

import dev.heed.model.Transformer;

/**
 * What a direct method's policy may not stray from.
 *
 * @param model as it is when learning begins; not changed, whatever follows the policy
 * @param cache where what it says is kept for other runs
 */
public record Reference(Transformer model, ReferenceCache cache, Sync sync) {
    /** It stays, and nothing is kept. */
    public static Reference of(Transformer model) {
        return new Reference(model, ReferenceCache.NONE, Sync.NEVER);
    }
}
