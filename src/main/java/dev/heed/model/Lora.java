package dev.heed.model;

import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.UserError;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Low-rank adaptation (Hu et al. 2021, section 4.1): a model stays as it is, and all that is learned of a matrix W is a
 * change α/r · B A, with A (r, in) and B (out, r). How its arrays are made and used: {@link Adapters}.
 */
public record Lora(
        @Knob(
                        value = "0",
                        help =
                                "rank of adapters that learn in the model's place; 0: the model itself learns; Hu et al. 2021: 1 to 64")
                int rank,
        @Knob(value = "16", help = "what an adapter adds is scaled by this over the rank; Hu et al. 2021's alpha")
                double alpha,
        @Knob(
                        value = "all",
                        help =
                                "matrices that get one: q, k, v, o, gate, up, down with commas, or all; where a family has q, k and v as one: qkv")
                String targets) {
    /** No adapters. */
    public static final Lora OFF = new Lora(0, 16, "all");

    private static final String ALL = "all";
    private static final double LEAST = 1e-3;
    private static final double MOST = 1e6;

    public Lora {
        Knobs.atLeast("rank", rank, 0);
        Knobs.between("alpha", alpha, LEAST, MOST);
        if (!targets.equals(ALL) && !Layout.MATRICES.containsAll(names(targets))) {
            throw new UserError("--targets must be all, or of %s with commas, was '%s'"
                    .formatted(String.join(", ", Layout.MATRICES), targets));
        }
    }

    private static Set<String> names(String commas) {
        return Arrays.stream(commas.split(",", -1))
                .map(String::strip)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Whether there are adapters at all. */
    public boolean on() {
        return rank > 0;
    }

    /**
     * The matrices of such a model that get an adapter.
     *
     * @throws UserError if it has no matrix of a name, or one with a side that is shorter than the rank
     */
    List<Layout.Part> matrices(ModelConfig config) {
        List<Layout.Part> matrices = Layout.matrices(config);
        Set<String> has =
                matrices.stream().map(Layout.Part::matrix).collect(Collectors.toCollection(LinkedHashSet::new));
        Set<String> wanted = targets.equals(ALL) ? has : names(targets);
        for (String name : wanted) {
            if (!has.contains(name)) {
                throw new UserError("--lora-targets: a %s model has no matrix %s; it has %s"
                        .formatted(config.family().modelType(), name, String.join(", ", has)));
            }
        }
        List<Layout.Part> chosen =
                matrices.stream().filter(part -> wanted.contains(part.matrix())).toList();
        for (Layout.Part part : chosen) {
            long shorter = Math.min(part.rows(), part.columns());
            if (rank > shorter) {
                throw new UserError("--lora-rank must be at most %d, the shorter side of %s (%d x %d), was %d"
                        .formatted(shorter, part.matrix(), part.rows(), part.columns(), rank));
            }
        }
        return chosen;
    }
}
