package dev.heed.train;

import ai.djl.ndarray.NDArray;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.UserError;
import dev.heed.tensor.Scaled;
import java.util.Arrays;

/**
 * What group relative policy optimisation lowers (Shao et al. 2024, DeepSeekMath, equation 3), and those that differ from it
 * in the loss alone. With ρ = π/π_old and a completion's advantage A, a token's loss is −min(ρ·A, clip(ρ)·A), as in PPO, and
 * the KL to the reference is added to it rather than taken from the reward. The kinds put other terms in that place, or
 * other means over it.
 *
 * <p>Deviation 1: which tokens have the highest entropy is told by the distributions that they were drawn from, not by those
 * of each update; in the first update of a step they are the same.
 */
public record GroupLoss(
        @Knob(
                        value = "dapo",
                        help =
                                "grpo, bnpo, dr-grpo, dapo and luspo clip and differ in the mean; cispo caps a constant weight; sapo and vespo have soft ones")
                Kind loss,
        @Knob(value = "token", help = "probability ratios of each token, or one a completion; Zheng et al. 2025, GSPO")
                Ratio ratio,
        @Knob(value = "0.2", help = "how far a ratio may fall and still earn") double clip,
        @Knob(value = "0.2", help = "how far it may rise; Yu et al. 2025, DAPO: 0.28") double clipHigh,
        @Knob(
                        value = "0.0",
                        help =
                                "largest ratio that a bad completion is punished by, 0 for any; arXiv 2505.07291, INTELLECT-2")
                double delta,
        @Knob(value = "5.0", help = "largest ratio that cispo weighs by; arXiv 2510.13786, ScaleRL") double cap,
        @Knob(value = "0.04", help = "weight of KL(policy || reference), per nat; Shao et al. 2024. TRL: 0")
                double klCoef,
        @Knob(value = "true", help = "times the ratio, so that it is the policy's own KL; DeepSeek-AI 2025, V3.2")
                boolean klCorrected,
        @Knob(
                        value = "0.0",
                        help =
                                "nats a token by which a bad completion may have become less likely and still count, 0 for any; DeepSeek-AI 2025, V3.2")
                double offPolicy,
        @Knob(
                        value = "1.0",
                        help =
                                "share of tokens that count, those of highest entropy; Wang et al. 2025, Beyond the 80/20 rule: 0.2")
                double topEntropy,
        @Knob("sapo") Soft sapo,
        @Knob("vespo") Gamma vespo) {
    public GroupLoss {
        Knobs.between("clip", clip, 0.001, 0.999);
        Knobs.above("clip-high", clipHigh, 0);
        Knobs.above("cap", cap, 0);
        Knobs.atLeast("kl-coef", klCoef, 0);
        Knobs.atLeast("off-policy", offPolicy, 0);
        Knobs.between("top-entropy", topEntropy, 0.001, 1);
        if (delta != 0 && !(delta > 1 + clipHigh)) {
            throw new UserError(
                    "--delta must be 0 or above 1 + --clip-high, %s, was %s".formatted(1 + clipHigh, delta));
        }
    }

    /** Temperatures of sapo's gate, for completions better and worse than their group. Source: arXiv 2511.20347, SAPO. */
    public record Soft(
            @Knob(value = "1.0", help = "temperature of sapo's gate where the advantage is positive") double positive,
            @Knob(value = "1.05", help = "the same where it is not") double negative) {
        public Soft {
            Knobs.above("positive", positive, 0);
            Knobs.above("negative", negative, 0);
        }
    }

    /**
     * Shape and rate of vespo's weights φ(w) = e^λ·w^k·e^(−λw), of better and worse completions. Source: arXiv 2602.10693,
     * VESPO.
     */
    public record Gamma(
            @Knob(value = "2.0", help = "vespo's power k of the ratio where the advantage is not negative")
                    double powerPositive,
            @Knob(value = "3.0", help = "vespo's rate lambda there") double ratePositive,
            @Knob(value = "3.0", help = "the power where it is negative") double powerNegative,
            @Knob(value = "2.0", help = "the rate there") double rateNegative) {
        private static final double MOST = 20;
        private static final double LEAST = Math.log(1e-8);

        public Gamma {
            Knobs.atLeast("power-positive", powerPositive, 0);
            Knobs.above("rate-positive", ratePositive, 0);
            Knobs.atLeast("power-negative", powerNegative, 0);
            Knobs.above("rate-negative", rateNegative, 0);
        }

        /** φ of each completion; the logarithms are kept in a range whose exponentials are numbers, as in TRL. */
        float[] weights(float[] logProbs, Completions part) {
            float[] old = Completions.flat(part.old());
            int[] starts = part.spans().starts();
            float[] weights = new float[part.count()];
            for (int i = 0; i < weights.length; i++) {
                double log = 0;
                for (int t = starts[i]; t < starts[i + 1]; t++) {
                    log += Math.max(-MOST, Math.min(MOST, logProbs[t] - old[t]));
                }
                weights[i] = (float) weight(Math.max(LEAST, Math.min(MOST, log)), part.advantages()[i]);
            }
            return weights;
        }

        private double weight(double log, double advantage) {
            double power = advantage >= 0 ? powerPositive : powerNegative;
            double rate = advantage >= 0 ? ratePositive : rateNegative;
            return Math.exp(rate + power * log - rate * Math.exp(log));
        }
    }

    /**
     * What all parts of an update share.
     *
     * @param completions in it
     * @param tokens of them
     * @param meanTokens of an update of this step
     * @param maxTokens longest completion that may be sampled
     * @param leastEntropy of a token that counts
     */
    record Update(int completions, long tokens, double meanTokens, int maxTokens, double leastEntropy) {}

    /**
     * A part's share of the loss of its update.
     *
     * @param logProbs (N), log π; the gradient flows through it
     * @param part of N tokens
     * @return scalar; over the parts of an update they add up to its loss
     */
    NDArray of(NDArray logProbs, Completions part, Update update) {
        Spans spans = part.spans();
        NDArray old = logProbs.getManager().create(Completions.flat(part.old()));
        NDArray ratios = ratio.logs(logProbs.sub(old), spans).exp();
        NDArray losses = loss.surrogate.losses(this, new Surrogate.Terms(logProbs, ratios, part));
        NDArray counted = logProbs.getManager().create(counted(logProbs, part, update));
        return penalised(losses.mul(counted), logProbs, ratios, part)
                .mul(logProbs.getManager().create(spans.spread(weights(spans, update))))
                .sum();
    }

    private NDArray penalised(NDArray losses, NDArray logProbs, NDArray ratios, Completions part) {
        if (klCoef == 0) {
            return losses;
        }
        NDArray reference = logProbs.getManager().create(Completions.flat(part.reference()));
        return losses.add(Scaled.times(divergence(logProbs, reference, ratios), klCoef));
    }

    /**
     * The k3 estimate of KL(policy ‖ reference), e^−Δ − 1 + Δ with Δ = log π − log π_ref, times ρ where it is corrected: the
     * tokens were drawn by π_old.
     *
     * @return (N), nats, at least 0
     */
    NDArray divergence(NDArray logProbs, NDArray reference, NDArray ratios) {
        NDArray toReference = reference.sub(logProbs);
        NDArray k3 = toReference.exp().sub(toReference).sub(1);
        return klCorrected ? k3.mul(ratios) : k3;
    }

    /** What a token counts in the loss of the update, one number a completion. */
    private float[] weights(Spans spans, Update update) {
        float[] weights = new float[spans.lengths().length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) loss.mean.weight(spans.lengths()[i], update);
        }
        return weights;
    }

    // ---- which tokens count ----

    /** 1 where a token's surrogate counts, 0 where not. */
    private float[] counted(NDArray logProbs, Completions part, Update update) {
        float[] counted = Completions.flat(part.entropy());
        for (int t = 0; t < counted.length; t++) {
            counted[t] = counted[t] >= update.leastEntropy ? 1 : 0;
        }
        if (offPolicy > 0) {
            float[] now = logProbs.toFloatArray();
            float[] old = Completions.flat(part.old());
            int[] starts = part.spans().starts();
            for (int i = 0; i < part.count(); i++) {
                if (part.advantages()[i] < 0 && fallen(old, now, starts[i], starts[i + 1]) > offPolicy) {
                    Arrays.fill(counted, starts[i], starts[i + 1], 0);
                }
            }
        }
        return counted;
    }

    /** By how much a completion has become less likely, nats a token. */
    private static double fallen(float[] old, float[] now, int start, int end) {
        double fallen = 0;
        for (int t = start; t < end; t++) {
            fallen += old[t] - now[t];
        }
        return fallen / Math.max(1, end - start);
    }

    /** The entropy that {@link #topEntropy} of the tokens reach, between two of them where it falls between. */
    double leastEntropy(Completions update) {
        float[] sorted = Completions.flat(update.entropy());
        if (topEntropy == 1 || sorted.length == 0) {
            return Double.NEGATIVE_INFINITY;
        }
        Arrays.sort(sorted);
        double place = (1 - topEntropy) * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /** Adds the ratios that clipping stops. */
    void tally(float[] logProbs, Completions part, ClipRatios clips) {
        float[] old = Completions.flat(part.old());
        int[] starts = part.spans().starts();
        for (int i = 0; i < part.count(); i++) {
            double[] logs = new double[starts[i + 1] - starts[i]];
            for (int t = 0; t < logs.length; t++) {
                logs[t] = (double) logProbs[starts[i] + t] - old[starts[i] + t];
            }
            double[] ratios = Arrays.stream(ratio.logs(logs)).map(Math::exp).toArray();
            clips.add(ratios, part.advantages()[i], loss.surrogate.range(this));
        }
    }

    // ---- the kinds ----

    /** A token's loss, and the mean over tokens. */
    public enum Kind {
        /** Source: Shao et al. 2024. */
        GRPO(Surrogate.CLIPPED, Mean.OF_COMPLETIONS),
        /** Source: TRL. */
        BNPO(Surrogate.CLIPPED, Mean.OF_TOKENS),
        /** Without a bias to short completions. Source: Liu et al. 2025, Dr. GRPO, with {@code --scale=none}. */
        DR_GRPO(Surrogate.CLIPPED, Mean.OF_ROOM),
        /** Source: Yu et al. 2025, DAPO, section 3.3. */
        DAPO(Surrogate.CLIPPED, Mean.OF_TOKENS_OF_STEP),
        /** Sums in place of means, for ratios of whole completions. Source: arXiv 2602.05261, LUSPO. */
        LUSPO(Surrogate.CLIPPED, Mean.OF_SUMS),
        /** Source: arXiv 2506.13585, MiniMax-M1. */
        CISPO(Surrogate.CAPPED, Mean.OF_TOKENS_OF_STEP),
        /** Source: arXiv 2511.20347, SAPO. */
        SAPO(Surrogate.SOFT, Mean.OF_COMPLETIONS),
        /** Source: arXiv 2602.10693, VESPO. */
        VESPO(Surrogate.GAMMA, Mean.OF_TOKENS_OF_STEP);

        private final Surrogate surrogate;
        private final Mean mean;

        Kind(Surrogate surrogate, Mean mean) {
            this.surrogate = surrogate;
            this.mean = mean;
        }
    }

    /** What is compared with how likely it was when it was sampled. */
    public enum Ratio {
        TOKEN {
            @Override
            NDArray logs(NDArray differences, Spans spans) {
                return differences;
            }

            @Override
            double[] logs(double[] differences) {
                return differences;
            }
        },
        /** The geometric mean of a completion's tokens, the same for each. Source: Zheng et al. 2025, GSPO. */
        COMPLETION {
            @Override
            NDArray logs(NDArray differences, Spans spans) {
                float[] shares = new float[spans.lengths().length];
                for (int i = 0; i < shares.length; i++) {
                    shares[i] = 1f / Math.max(1, spans.lengths()[i]);
                }
                NDArray means =
                        spans.sums(differences).mul(differences.getManager().create(shares));
                return spans.spread(means);
            }

            @Override
            double[] logs(double[] differences) {
                return Arrays.stream(differences).average().stream().toArray();
            }
        };

        /** log ρ of each token, from log π − log π_old of each, (N). */
        abstract NDArray logs(NDArray differences, Spans spans);

        /** The different ones of a completion. */
        abstract double[] logs(double[] differences);
    }

    /** What the loss of an update is the mean of. */
    private enum Mean {
        /** Each completion counts the same, whatever its length. */
        OF_COMPLETIONS {
            @Override
            double weight(int length, Update update) {
                return 1.0 / update.completions / Math.max(1, length);
            }
        },
        /** Each token of the update counts the same. */
        OF_TOKENS {
            @Override
            double weight(int length, Update update) {
                return 1.0 / Math.max(1, update.tokens);
            }
        },
        /** Each token of the step counts the same, however its updates share them. */
        OF_TOKENS_OF_STEP {
            @Override
            double weight(int length, Update update) {
                return 1.0 / Math.max(1, update.meanTokens);
            }
        },
        /** Each token counts the same in all steps. */
        OF_ROOM {
            @Override
            double weight(int length, Update update) {
                return 1.0 / update.completions / update.maxTokens;
            }
        },
        /** The mean over completions of sums over tokens. */
        OF_SUMS {
            @Override
            double weight(int length, Update update) {
                return 1.0 / update.completions;
            }
        };

        /** What a token of a completion of this length counts. */
        abstract double weight(int length, Update update);
    }
}
