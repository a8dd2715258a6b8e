# SPDX-License-Identifier: GPL-2.0-or-later
# libkernels: builds, boots and judges; PID 1 of the guests; their tests.

libs += kernels
kernels-srcs := $(addprefix kernels/,boot.c cmd.c cpio.c image.c kvm.c part.c run.c scenario.c \
	stream.c)

guest-programs += kernels/init
kernels/init-srcs := kernels/init.c

script-tests += kernels/test/test_build.t
