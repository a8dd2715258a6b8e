# SPDX-License-Identifier: GPL-2.0-or-later
# A second opinion on results/twosample.c: R's own tests of ranks (package stats), and exactRankTests
# where values tie, which stats cannot do exactly. Prints TAP. Arguments: the helper program, and a
# sed script that changes its output, to see the comparison fail.
suppressWarnings(suppressMessages(library(exactRankTests)))
args <- commandArgs(trailingOnly = TRUE)
helper <- args[1]
spoil <- if (length(args) > 1) args[2] else ""
set.seed(20261130)
failed <- 0
nr <- 0

ok <- function(good, text) {
	nr <<- nr + 1
	good <- isTRUE(good)
	failed <<- failed + !good
	cat(if (good) "ok " else "not ok ", nr, " - ", text, "\n", sep = "")
}

# Numbers as the C program reads them back.
text_of <- function(v) paste(formatC(v, digits = 17, format = "g"), collapse = " ")

ask <- function(lines) {
	input <- tempfile()
	writeLines(lines, input)
	out <- system2(helper, stdin = input, stdout = TRUE)
	unlink(input)
	if (length(out) != length(lines)) stop("the helper answered ", length(out), " of ", length(lines))
	if (spoil != "") out <- system2("sed", c("-e", shQuote(spoil)), input = out, stdout = TRUE)
	lapply(strsplit(out, " "), as.numeric)
}

close_to <- function(a, b) {
	(is.infinite(a) & is.infinite(b) & a == b) | (is.finite(a) & is.finite(b) &
		abs(a - b) <= 1e-9 * pmax(abs(a), abs(b)))
}

# ---- pairs of samples ----

shapes <- list(
	normal = function(n) rnorm(n, 100, 5),
	skewed = function(n) exp(rnorm(n, 3, 0.5)),
	outliers = function(n) ifelse(runif(n) < 0.1, 1e6 * runif(n), rnorm(n, 100, 1)),
	ticks = function(n) round(rnorm(n, 100, 3)),
	few = function(n) sample(3, n, replace = TRUE),
	zeros = function(n) ifelse(runif(n) < 0.4, 0, round(rexp(n, 0.1))),
	equal = function(n) rep(7, n),
	tiny = function(n) rnorm(n, 1e-300, 1e-301),
	bimodal = function(n) rnorm(n, ifelse(runif(n) < 0.5, 10, 12), 0.2)
)
sizes <- function() {
	kind <- sample(5, 1)
	if (kind == 1) sample(1:4, 2, replace = TRUE)
	else if (kind == 2) sample(5:20, 2, replace = TRUE)
	else if (kind == 3) rep(sample(c(9, 12, 20, 30, 31, 50), 1), 2)
	else if (kind == 4) sample(21:50, 2, replace = TRUE)
	else sample(c(1, 5, 20, 51, 60, 90), 2)
}
levels <- c(0.01, 0.05, 0.1, 0.001)

make <- function(i) {
	shape <- sample(names(shapes), 1)
	s <- sizes()
	x <- shapes[[shape]](s[1])
	y <- shapes[[shape]](s[2]) * sample(c(1, 1, 1.02, 1.3), 1)
	list(shape = shape, x = x, y = y, level = sample(levels, 1))
}

# From the distribution of exactRankTests, over doubled ranks, which are integers: wilcox.exact() itself
# compares sums with an expected one that was rounded, and can lose those that are equally far.
p_of_ties <- function(x, y) {
	m <- length(x)
	scores <- 2 * rank(c(x, y))
	sums <- 0:sum(tail(sort(scores), m))
	far <- abs(sums - m * (length(scores) + 1))
	sum(dperm(sums, scores, m)[far >= abs(sum(scores[1:m]) - m * (length(scores) + 1))])
}

p_of <- function(x, y) {
	m <- length(x)
	n <- length(y)
	ties <- anyDuplicated(c(x, y)) > 0
	most <- if (ties) 20 else 50
	exact <- m <= most && n <= most
	p <- if (!exact) suppressWarnings(wilcox.test(x, y, exact = FALSE, correct = TRUE)$p.value)
		else if (ties) p_of_ties(x, y)
		else wilcox.test(x, y, exact = TRUE)$p.value
	# All values equal: stats has no answer, and every division has one rank sum.
	c(if (is.nan(p)) 1 else p, exact)
}

# How many of all differences lie below the interval: the largest number with a probability of at most
# half the level. qwilcox() and qsignrank() are not asked: where it is just that, they give the next.
below <- function(half, exact, probability, centre, variance) {
	if (!exact) return(floor(max(-1, centre - 0.5 + qnorm(half) * sqrt(variance))))
	sum(probability(0:centre) <= half * (1 + 1e-9)) - 1
}

interval_of <- function(sorted, k) {
	if (k < 0) return(c(-Inf, Inf))
	c(sorted[k + 1], sorted[length(sorted) - k])
}

shift_of <- function(x, y, level) {
	m <- length(x)
	n <- length(y)
	all <- sort(outer(y, x, "-"))
	k <- below(level / 2, m <= 50 && n <= 50, function(k) pwilcox(k, m, n), m * n / 2,
		m * n * (m + n + 1) / 12)
	c(median(all), interval_of(all, k))
}

nr_pairs <- 3000
pairs <- lapply(seq_len(nr_pairs), make)
answers <- ask(vapply(pairs, function(p) paste("two", p$level, length(p$x), length(p$y),
	text_of(p$x), text_of(p$y)), ""))
bad_p <- bad_i <- bad_r <- bad_least <- 0
seen <- c(tied = 0, untied = 0, beyond = 0, infinite = 0, compared = 0)
for (i in seq_along(pairs)) {
	p <- pairs[[i]]
	a <- answers[[i]]
	want <- p_of(p$x, p$y)
	ties <- anyDuplicated(c(p$x, p$y)) > 0
	seen <- seen + c(ties && want[2], !ties && want[2], !want[2], is.infinite(a[4]), 0)
	if (!close_to(a[1], want[1]) || a[2] != want[2]) {
		bad_p <- bad_p + 1
		cat("#", p$shape, length(p$x), length(p$y), "p", a[1], "R", want[1], "\n")
	}
	s <- shift_of(p$x, p$y, p$level)
	if (!all(close_to(a[3:5], s))) {
		bad_i <- bad_i + 1
		cat("#", p$shape, length(p$x), length(p$y), "shift", a[3:5], "R", s, "\n")
	}
	# Where R itself gives the interval.
	m <- length(p$x)
	n <- length(p$y)
	if (!ties && m < 50 && n < 50 && qwilcox(p$level / 2, m, n) > 0) {
		r <- wilcox.test(p$y, p$x, exact = TRUE, conf.int = TRUE, conf.level = 1 - p$level)
		seen["compared"] <- seen["compared"] + 1
		bad_r <- bad_r + !all(close_to(a[3:5], c(r$estimate, r$conf.int)))
	}
	if (m <= 50 && n <= 50)
		bad_least <- bad_least + !close_to(a[6], min(1, 2 * pwilcox(0, m, n)))
}
ok(bad_p == 0, sprintf("p-values of %d pairs of samples: %d differ", nr_pairs, bad_p))
ok(bad_i == 0, sprintf("shifts and their intervals: %d of %d differ from order statistics by R's distribution", bad_i, nr_pairs))
ok(bad_r == 0 && seen["compared"] > 300, sprintf("%d of %d differ from wilcox.test()'s interval", bad_r, seen["compared"]))
ok(bad_least == 0, "the smallest p-value that sizes allow is R's")
ok(all(seen > 100), paste("among them", paste(names(seen), seen, collapse = ", ")))

# ---- pairs of values ----

nr_paired <- 1000
paired <- lapply(seq_len(nr_paired), function(i) {
	n <- sample(c(1:12, 20, 31, 50, 51, 80), 1)
	d <- if (runif(1) < 0.3) round(rnorm(n, 0.5, 2)) else rnorm(n, 0.02, 0.05)
	list(d = d, level = sample(levels, 1))
})
answers <- ask(vapply(paired, function(p) paste("one", p$level, length(p$d), text_of(p$d)), ""))
bad <- bad_r <- compared <- 0
for (i in seq_along(paired)) {
	d <- paired[[i]]$d
	level <- paired[[i]]$level
	n <- length(d)
	means <- outer(d, d, "+")
	means <- sort(means[!lower.tri(means)] / 2)
	k <- below(level / 2, n <= 50, function(k) psignrank(k, n), n * (n + 1) / 4,
		n * (n + 1) * (2 * n + 1) / 24)
	bad <- bad + !all(close_to(answers[[i]], c(median(means), interval_of(means, k))))
	if (!anyDuplicated(abs(d)) && all(d != 0) && n < 50 && qsignrank(level / 2, n) > 0) {
		r <- wilcox.test(d, exact = TRUE, conf.int = TRUE, conf.level = 1 - level)
		compared <- compared + 1
		bad_r <- bad_r + !all(close_to(answers[[i]], c(r$estimate, r$conf.int)))
	}
}
ok(bad == 0, sprintf("centres of paired differences: %d of %d differ", bad, nr_paired))
ok(bad_r == 0 && compared > 200, sprintf("%d of %d differ from wilcox.test()'s", bad_r, compared))

# ---- false discoveries ----

sets <- lapply(1:200, function(i) {
	n <- sample(c(1, 2, 10, 100), 1)
	p <- runif(n)^sample(c(1, 4), 1)
	p[runif(n) < 0.1] <- 0.01
	p
})
answers <- ask(vapply(sets, function(p) paste("adjust", length(p), text_of(p)), ""))
bad <- sum(!mapply(function(a, p) all(close_to(a, p.adjust(p, "BH"))), answers, sets))
ok(bad == 0, sprintf("adjusted p-values: %d of %d sets differ from p.adjust()'s", bad, length(sets)))

cat("1..", nr, "\n", sep = "")
quit(status = if (failed) 1 else 0)
