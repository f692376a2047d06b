package dev.heed.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How fast a work went.
 *
 * @param secondsPerStep the median
 * @param peakRssMb most memory that the process held, up to this work's end
 * @param flopsShare of the rate of large matrix products in the same precision and run
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Measured(
        @JsonProperty("name") String name,
        @JsonProperty("tokens_per_s") @Nullable Double tokensPerS,
        @JsonProperty("samples_per_s") @Nullable Double samplesPerS,
        @JsonProperty("seconds_per_step") double secondsPerStep,
        @JsonProperty("peak_rss_mb") long peakRssMb,
        @JsonProperty("precision") String precision,
        @JsonProperty("threads") int threads,
        @JsonProperty("flops_share") double flopsShare) {
    /** The head of the table that {@link #line} fills. */
    public static final String HEAD = "%-18s %12s %-9s %12s %12s %10s %10s"
            .formatted("work", "rate", "", "s a step", "peak MiB", "precision", "of matmul");

    /** All of it. */
    public static String table(List<Measured> works) {
        return Stream.concat(Stream.of(HEAD), works.stream().map(Measured::line))
                .collect(Collectors.joining("\n"));
    }

    /** A line of a table. */
    public String line() {
        boolean tokens = tokensPerS != null;
        double rate = tokens ? tokensPerS : samplesPerS == null ? 0 : samplesPerS;
        return String.format(
                Locale.ROOT,
                "%-18s %,12.1f %-9s %12.4f %12d %10s %9.0f %%",
                name,
                rate,
                tokens ? "tokens/s" : "samples/s",
                secondsPerStep,
                peakRssMb,
                precision,
                100 * flopsShare);
    }
}
