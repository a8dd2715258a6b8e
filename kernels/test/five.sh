# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034 # for the tests that source this
# The versions of Debian's kernels that every stock scenario is run on.
five=(5.10 6.1 6.12 7.2 7.3)
