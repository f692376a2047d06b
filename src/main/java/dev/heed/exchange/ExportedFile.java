package dev.heed.exchange;

import java.util.Map;

/**
 * A file that was written.
 *
 * @param sha256 of the file as it is before it is packed
 * @param leftOut how many rows there could have been but for a reason, by reason
 */
public record ExportedFile(String name, long rows, long bytes, String sha256, Map<String, Long> leftOut) {}
