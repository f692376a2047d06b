package dev.heed.train;

import static dev.heed.train.PairObjective.logSigmoid;
import static dev.heed.train.PairObjective.sigmoid;
import static dev.heed.train.PairObjective.smoothed;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import dev.heed.run.Knob;
import dev.heed.run.Knobs;
import dev.heed.run.UserError;
import dev.heed.tensor.Scaled;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Direct preference optimisation (Rafailov et al. 2023, equation 7) and those that differ from it in the loss alone. With
 * u = log π/π_ref of a completion and z = β·(u_chosen − u_rejected), DPO minimises −ln σ(z): the policy is its own reward
 * model, β·u the reward.
 *
 * <p>Deviation 1: label smoothing is part of {@code sigmoid} (conservative DPO, Mitchell 2023); TRL ignores it there.
 */
public record Dpo(
        @Knob(
                        value = "sigmoid",
                        label = "KIND[:WEIGHT]",
                        help =
                                "sigmoid, hinge, ipo, ipo-sum, exo-pair, nca-pair, robust, bco-pair, sppo-hard, aot, aot-unpaired, apo-zero, apo-down, discopop, sigmoid-norm, sft; several with commas are added up")
                String loss,
        @Knob(
                        value = "0.3",
                        help =
                                "strength of the tie to the reference: the larger, the closer; Rafailov et al. 2023: 0.1")
                double beta,
        @Knob(value = "0.0", help = "share of preferences thought to be the wrong way round; below 0.5")
                double labelSmoothing,
        @Knob(value = "reverse-kl", help = "how far from the reference is measured; Wang et al. 2023, f-DPO")
                Divergence divergence,
        @Knob(value = "0.5", help = "alpha of the alpha divergence; 1 is the reverse KL") double divergenceAlpha,
        @Knob(value = "1.0", help = "what tokens beyond the shorter completion's length count; Liu et al. 2024, LD-DPO")
                double tailWeight,
        @Knob(value = "false", help = "count a pair by how likely the policy is to write it; Zhou et al. 2024, WPO")
                boolean weighted,
        @Knob(value = "false", help = "no reference: log-probabilities in place of log-ratios") boolean referenceFree,
        @Knob(value = "0.05", help = "temperature of discopop's mix; Lu et al. 2024") double discopopTau)
        implements PairObjective {
    public Dpo {
        Knobs.above("beta", beta, 0);
        Knobs.between("label-smoothing", labelSmoothing, 0, 0.499);
        Knobs.between("tail-weight", tailWeight, 0, 1);
        Knobs.above("discopop-tau", discopopTau, 0);
        if (terms(loss).stream().anyMatch(term -> term.kind == Kind.EXO_PAIR) && labelSmoothing == 0) {
            throw new UserError("--loss=exo-pair needs --label-smoothing above 0, was 0; Ji et al. 2024 take 0.001");
        }
    }

    @Override
    public NDArray losses(Said said) {
        NDArray zero = said.chosen().getManager().create(0f);
        return terms(loss).stream()
                .filter(term -> term.kind != Kind.SFT)
                .map(term -> Scaled.times(term.kind.losses(this, said), term.weight))
                .reduce(NDArray::add)
                .orElseGet(() -> said.chosen().mul(zero));
    }

    @Override
    public NDArray[] rewards(Said said) {
        return new NDArray[] {
            Scaled.times(chosenRatio(said), beta), Scaled.times(rejectedRatio(said), beta),
        };
    }

    @Override
    public String method() {
        return "dpo";
    }

    @Override
    public Surprise surprise() {
        double weight = terms(loss).stream()
                .filter(term -> term.kind == Kind.SFT)
                .mapToDouble(Term::weight)
                .sum();
        return new Surprise(weight, Surprise.Counted.COMPLETION);
    }

    @Override
    public boolean refers() {
        return !referenceFree;
    }

    @Override
    public boolean coupled() {
        return terms(loss).stream().anyMatch(term -> term.kind == Kind.AOT || term.kind == Kind.AOT_UNPAIRED);
    }

    private NDArray chosenRatio(Said said) {
        return referenceFree ? said.chosen() : said.chosenRatio();
    }

    private NDArray rejectedRatio(Said said) {
        return referenceFree ? said.rejected() : said.rejectedRatio();
    }

    private NDArray chosenScore(Said said) {
        return divergence.score(chosenRatio(said), divergenceAlpha);
    }

    private NDArray rejectedScore(Said said) {
        return divergence.score(rejectedRatio(said), divergenceAlpha);
    }

    /** z = β·(score of the chosen − score of the rejected), (B). */
    private NDArray margin(Said said) {
        return Scaled.times(chosenScore(said).sub(rejectedScore(said)), beta);
    }

    private NDArray marginPerToken(Said said) {
        return chosenScore(said)
                .div(said.chosenTokens())
                .sub(rejectedScore(said).div(said.rejectedTokens()));
    }

    /** β·u of the chosen, (B). */
    private NDArray chosenReward(Said said) {
        return Scaled.times(chosenRatio(said), beta);
    }

    private NDArray rejectedReward(Said said) {
        return Scaled.times(rejectedRatio(said), beta);
    }

    // ---- the kinds ----

    private record Term(Kind kind, double weight) {}

    private static List<Term> terms(String loss) {
        return Arrays.stream(loss.split(",", -1)).map(Dpo::term).toList();
    }

    private static Term term(String written) {
        int colon = written.indexOf(':');
        String name = colon < 0 ? written : written.substring(0, colon);
        Kind kind = Arrays.stream(Kind.values())
                .filter(k -> k.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new UserError("--loss must be of %s, was '%s'".formatted(Kind.names(), written)));
        try {
            double weight = colon < 0 ? 1 : Double.parseDouble(written.substring(colon + 1));
            if (weight > 0 && Double.isFinite(weight)) {
                return new Term(kind, weight);
            }
        } catch (NumberFormatException e) {
            // told below, with the range
        }
        throw new UserError("--loss: the weight of %s must be a number above 0, was '%s'"
                .formatted(name, written.substring(colon + 1)));
    }

    /** What is made of a pair. */
    enum Kind {
        SIGMOID {
            @Override
            NDArray losses(Dpo dpo, Said said) {
                return smoothed(dpo.margin(said), dpo.labelSmoothing);
            }
        },
        /** max(0, 1 − z). Source: Zhao et al. 2023, SLiC. */
        HINGE {
            @Override
            NDArray losses(Dpo dpo, Said said) {
                return Activation.relu(dpo.margin(said).neg().add(1));
            }
        },
        /** (u_c/|y_c| − u_r/|y_r| − 1/(2β))². Source: Azar et al. 2023, equation 17, as its authors told TRL to read it. */
        IPO {
            @Override
            NDArray losses(Dpo dpo, Said said) {
                return dpo.marginPerToken(said).sub(1 / (2 * dpo.beta)).square();
            }
        },
        /** (u_c − u_r − 1/(2β))²: the same without the lengths, as the paper writes it and OpenRLHF takes it. */
        IPO_SUM {
            @Override
            NDArray losses(Dpo dpo, Said said) {
                NDArray difference = dpo.chosenScore(said).sub(dpo.rejectedScore(said));
                return difference.sub(1 / (2 * dpo.beta)).square();
            }
        },
        /** KL from the policy's choice between the two to (1 − ε, ε). Source: Ji et al. 2024, equation 16. */
        EXO_PAIR {
            @Override
            NDArray losses(Dpo dpo, Said said) {
                NDArray z = dpo.margin(said);
                NDArray won = sigmoid(z).mul(logSigmoid(z).sub(Math.log1p(-dpo.labelSmoothing)));
                NDArray lost = sigmoid(z.neg()).mul(logSigmoid(z.neg()).sub(Math.log(dpo.labelSmoothing)));
                return won.add(lost);
            }
        },
        /** Source: Chen et al. 2024, noise contrastive alignment, for pairs. */
        NCA_PAIR {
            @Override
            NDArray losses(Dpo dpo, Said said) {
                NDArray chosen = dpo.chosenReward(said);
                NDArray pushed = logSigmoid(chosen.neg())
                        .add(logSigmoid(dpo.rejectedReward(said).neg()));
                return logSigmoid(chosen).neg().sub(Scaled.times(pushed, 0.5));
            }
        },
        /** Unbiased where a share ε of the labels is flipped. Source: Chowdhury et al. 2024. */
        ROBUST {
            @Override
            NDArray losses(Dpo dpo, Said said) {
                NDArray z = dpo.margin(said);
                NDArray right = Scaled.times(logSigmoid(z).neg(), 1 - dpo.labelSmoothing);
                NDArray flipped = Scaled.times(logSigmoid(z.neg()).neg(), dpo.labelSmoothing);
                return Scaled.over(right.sub(flipped), 1 - 2 * dpo.labelSmoothing);
            }
        },
        /** Source: Jung et al. 2024, binary classifier optimisation, without the shift, as TRL 1.13 has it. */
        BCO_PAIR {
            @Override
            NDArray losses(Dpo dpo, Said said) {
                return logSigmoid(dpo.chosenReward(said))
                        .neg()
                        .sub(logSigmoid(dpo.rejectedReward(said).neg()));
            }
        },
        /** (u_c − 1/(2β))² + (u_r + 1/(2β))². Source: Wu et al. 2024, equation 4.7, with winner and loser certain. */
        SPPO_HARD {
            @Override
            NDArray losses(Dpo dpo, Said said) {
                double goal = 1 / (2 * dpo.beta);
                return dpo.chosenRatio(said)
                        .sub(goal)
                        .square()
                        .add(dpo.rejectedRatio(said).add(goal).square());
            }
        },
        /** Quantiles of the margins against the reference's. Source: Melnyk et al. 2024, alignment via optimal transport. */
        AOT {
            @Override
            NDArray losses(Dpo dpo, Said said) {
                NDArray ours = said.chosen().sub(said.rejected()).sort(0);
                NDArray theirs = said.refChosen().sub(said.refRejected()).sort(0);
                return smoothed(Scaled.times(ours.sub(theirs), dpo.beta), dpo.labelSmoothing);
            }
        },
        /** Quantiles of the chosen ratios against those of the rejected. Source: the same. */
        AOT_UNPAIRED {
            @Override
            NDArray losses(Dpo dpo, Said said) {
                NDArray gap = dpo.chosenRatio(said)
                        .sort(0)
                        .sub(dpo.rejectedRatio(said).sort(0));
                return smoothed(Scaled.times(gap, dpo.beta), dpo.labelSmoothing);
            }
        },
        /** For chosen texts that are better than what the model writes. Source: D'Oosterlinck et al. 2024, equation 7. */
        APO_ZERO {
            @Override
            NDArray losses(Dpo dpo, Said said) {
                return sigmoid(dpo.rejectedReward(said))
                        .sub(sigmoid(dpo.chosenReward(said)))
                        .add(1);
            }
        },
        /** For chosen texts that are worse than what the model writes. Source: the same, equation 8. */
        APO_DOWN {
            @Override
            NDArray losses(Dpo dpo, Said said) {
                NDArray chosen = dpo.chosenReward(said);
                return sigmoid(chosen)
                        .sub(sigmoid(chosen.sub(dpo.rejectedReward(said))))
                        .add(1);
            }
        },
        /** A mix of logistic and exponential loss that a language model found. Source: Lu et al. 2024, equation 5. */
        DISCOPOP {
            @Override
            NDArray losses(Dpo dpo, Said said) {
                NDArray z = dpo.margin(said);
                NDArray share = sigmoid(Scaled.over(z, dpo.discopopTau));
                NDArray logistic = logSigmoid(z).neg().mul(share.neg().add(1));
                return logistic.add(z.neg().exp().mul(share));
            }
        },
        /** −ln σ(β·(u_c/|y_c| − u_r/|y_r|)). Source: Meng et al. 2024, appendix, DPO with lengths divided out. */
        SIGMOID_NORM {
            @Override
            NDArray losses(Dpo dpo, Said said) {
                return logSigmoid(Scaled.times(dpo.marginPerToken(said), dpo.beta))
                        .neg();
            }
        },
        /** Surprise at the chosen completion; with another kind, Pang et al. 2024, RPO. */
        SFT {
            @Override
            NDArray losses(Dpo dpo, Said said) {
                throw new IllegalStateException("sft is no loss of a pair: see surprise()");
            }
        };

        /** (B), from what is said of the pairs. */
        abstract NDArray losses(Dpo dpo, Said said);

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static String names() {
            return Arrays.stream(values()).map(Kind::toString).collect(Collectors.joining(", "));
        }
    }

    /** f'(π/π_ref) in place of log π/π_ref. Source: Wang et al. 2023, arXiv:2309.16240, table 1. */
    public enum Divergence {
        REVERSE_KL {
            @Override
            NDArray score(NDArray ratio, double alpha) {
                return ratio;
            }
        },
        FORWARD_KL {
            @Override
            NDArray score(NDArray ratio, double alpha) {
                return ratio.neg().exp().neg().add(1);
            }
        },
        JENSEN_SHANNON {
            @Override
            NDArray score(NDArray ratio, double alpha) {
                return logSigmoid(ratio).add(Math.log(2));
            }
        },
        ALPHA {
            @Override
            NDArray score(NDArray ratio, double alpha) {
                if (Math.abs(alpha - 1) < 1e-6) {
                    return ratio;
                }
                NDArray power = Scaled.times(ratio, alpha - 1).clip(-MOST_POWER, MOST_POWER);
                return Scaled.over(power.exp().sub(1), alpha - 1);
            }
        };

        private static final float MOST_POWER = 80; // beyond it exp leaves float32

        /**
         * @param ratio (B), log π/π_ref
         * @return (B)
         */
        abstract NDArray score(NDArray ratio, double alpha);
    }
}
