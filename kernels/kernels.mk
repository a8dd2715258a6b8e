# SPDX-License-Identifier: GPL-2.0-or-later
script-tests += kernels/test/test_build.t
