//! How sure a figure is: intervals of 95 in 100.
//!
//! # A mean of levels, and a share
//!
//! Levels end at both ends of a scale, and most figures here rest on few of them. So both have one interval: Wilson's score
//! interval (E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
//! Statistical Association 22, 1927). Of a share it is what Brown, Cai and DasGupta recommend for small n ("Interval estimation
//! for a binomial proportion", Statistical Science 16, 2001). It fits a mean of levels, too, since what lies between the two
//! ends of a scale never varies more than a yes and a no with the same mean: on a scale from 0 to 1, σ² ≤ µ (1 − µ) (Bhatia and
//! Davis, "A better bound on the variance", American Mathematical Monthly 107, 2000). So for levels it is wider than it would
//! have to be, never narrower. It never leaves the scale, and five times the same level are not taken for certainty, as
//! they are by Student's interval for one mean.
//!
//! # A difference of pairs
//!
//! The difference of two levels of one person at one time lies far from the ends of its scale; of those it is Student's
//! interval ("The probable error of a mean", Biometrika 6, 1908), with the quantile after Abramowitz and Stegun 26.7.5. A level
//! is a whole number that stands for all that lies around it, so a difference of two varies by at least 2 × 1/12 (Sheppard, "On
//! the calculation of the most probable values of frequency-constants", Proceedings of the London Mathematical Society 29,
//! 1898): pairs that all differ by the same are not taken for certainty either.
//!
//! Both hold for values that do not depend on each other. A couple's evenings do somewhat, and no formula on a phone mends
//! that: an interval here is a word of caution.

/// The normal quantile with 95 in 100 between it and its negative.
const Z: f64 = 1.959_963_984_540_054;

/// By how much a rounded whole number varies, at least.
const ROUNDED: f64 = 1.0 / 12.0;

/// From the lower end to the upper.
pub(super) type Interval = (f64, f64);

/// Around a mean on a scale from 0 to 1, of `n` values.
pub(super) fn score(mean: f64, n: usize) -> Interval {
    let n = n as f64;
    let share = Z * Z / n;
    let middle = (mean + share / 2.0) / (1.0 + share);
    let half = Z * (mean * (1.0 - mean) / n + share / (4.0 * n)).sqrt() / (1.0 + share);
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

/// A mean of levels of a scale, and how sure it is.
pub(super) fn mean(levels: &[f64], (least, most): Interval) -> (f64, Interval) {
    let mean = levels.iter().sum::<f64>() / levels.len() as f64;
    let (low, high) = score((mean - least) / (most - least), levels.len());
    (mean, (least + low * (most - least), least + high * (most - least)))
}

/// A mean of differences of levels of a scale, and how sure it is. At least two.
pub(super) fn mean_difference(differences: &[f64], (least, most): Interval) -> (f64, Interval) {
    let n = differences.len() as f64;
    let mean = differences.iter().sum::<f64>() / n;
    let squares: f64 = differences.iter().map(|one| (one - mean).powi(2)).sum();
    let variance = (squares / (n - 1.0)).max(2.0 * ROUNDED);
    let half = student(n - 1.0) * (variance / n).sqrt();
    let range = most - least;
    (mean, ((mean - half).max(-range), (mean + half).min(range)))
}

/// Student's quantile with 95 in 100 between it and its negative; to a thousandth from four degrees of freedom on.
fn student(freedom: f64) -> f64 {
    let powers = |of: [f64; 5]| of.iter().rev().fold(0.0, |sum, factor| sum * Z * Z + factor) * Z;
    let terms = [
        powers([1.0, 0.0, 0.0, 0.0, 0.0]),
        powers([1.0, 1.0, 0.0, 0.0, 0.0]) / 4.0,
        powers([3.0, 16.0, 5.0, 0.0, 0.0]) / 96.0,
        powers([-15.0, 17.0, 19.0, 3.0, 0.0]) / 384.0,
        powers([-945.0, -1920.0, 1482.0, 776.0, 79.0]) / 92_160.0,
    ];
    terms.iter().rev().fold(0.0, |sum, term| sum / freedom + term)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: f64, other: f64, within: f64) {
        assert!((one - other).abs() <= within, "{one} is not {other}");
    }

    /// From the tables of the quantile that every book of statistics has.
    #[test]
    fn students_quantile_is_the_published_one() {
        let published = [
            (4.0, 2.776),
            (5.0, 2.571),
            (9.0, 2.262),
            (14.0, 2.145),
            (20.0, 2.086),
            (29.0, 2.045),
            (60.0, 2.000),
            (120.0, 1.980),
        ];
        for (freedom, quantile) in published {
            near(student(freedom), quantile, 0.001);
        }
    }

    /// Newcombe ("Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998), table I, method 3.
    #[test]
    fn the_score_interval_is_the_published_one() {
        let published =
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)];
        for (count, n, low, high) in published {
            let (ours_low, ours_high) = score(f64::from(count) / n as f64, n);
            near(ours_low, low, 0.000_05);
            near(ours_high, high, 0.000_05);
        }
    }

    /// Student's own example: the additional hours of sleep of ten patients under two drugs.
    #[test]
    fn differences_of_pairs_are_students_own() {
        let sleep = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4];
        let (mean, (low, high)) = mean_difference(&sleep, (0.0, 24.0));
        near(mean, 1.58, 0.000_1);
        near(low, 0.700, 0.001);
        near(high, 2.460, 0.001);
        let (_, (low, high)) = mean_difference(&[2.0; 5], (1.0, 7.0));
        assert!(low < 1.6 && high > 2.4);
        let (_, (_, high)) = mean_difference(&[6.0; 5], (1.0, 7.0));
        near(high, 6.0, 0.0);
    }

    /// How often the interval of a mean holds the true mean, counted over every sample that there can be.
    #[test]
    fn a_mean_is_held_as_often_as_it_says() {
        let seven = [
            [1.0 / 7.0; 7],
            [0.0, 0.0, 0.02, 0.08, 0.2, 0.4, 0.3],
            [0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5],
            [0.05, 0.05, 0.05, 0.05, 0.1, 0.2, 0.5],
            [0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.9],
            [0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.9],
        ];
        for chances in seven {
            for n in [5, 8] {
                let held = held(&chances, n);
                assert!(held > 0.91, "{held}");
            }
        }
    }

    fn held(chances: &[f64; 7], n: usize) -> f64 {
        let truth: f64 = chances.iter().zip(1..).map(|(chance, level)| chance * f64::from(level)).sum();
        let mut held = 0.0;
        each_sample(n, &mut Vec::new(), &mut |counts| {
            let levels: Vec<f64> =
                counts.iter().zip(1..).flat_map(|(count, level)| vec![f64::from(level); *count]).collect();
            let (_, (low, high)) = mean(&levels, (1.0, 7.0));
            if low <= truth && truth <= high {
                let factorial = |n: usize| (1..=n).map(|one| one as f64).product::<f64>();
                let each = counts.iter().zip(chances).map(|(n, chance)| chance.powi(*n as i32) / factorial(*n));
                held += factorial(n) * each.product::<f64>();
            }
        });
        held
    }

    /// How often each of seven levels can come among `left` values.
    fn each_sample(left: usize, counts: &mut Vec<usize>, found: &mut dyn FnMut(&[usize])) {
        if counts.len() == 6 {
            counts.push(left);
            found(counts);
            counts.pop();
            return;
        }
        for count in 0..=left {
            counts.push(count);
            each_sample(left - count, counts, found);
            counts.pop();
        }
    }
}
