/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of QEMU's TCG plugin interface that profile.c uses: version 1, as in QEMU 6.0 to 8.2,
 * and what versions 2 (QEMU 9.0) and 3 (9.1) have in its place. A function that one of them lacks
 * is a weak symbol, NULL there.
 *
 * Debian does not ship a header: these declarations were written from QEMU's documentation
 * (docs/devel/tcg-plugins.rst). QEMU looks up qemu_plugin_version and qemu_plugin_install in the
 * shared object; QEMU itself defines all the others.
 */
#ifndef PTBENCH_QEMU_PLUGIN_H
#define PTBENCH_QEMU_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QEMU_PLUGIN_EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;

typedef struct qemu_info_t {
	const char *target_name;
	struct {
		int min, cur; /* versions of the interface that this QEMU speaks */
	} version;
	bool system_emulation;
	struct { /* only when system_emulation; a union of one in QEMU */
		int smp_vcpus, max_vcpus;
	} system;
} qemu_info_t;

/* Opaque; valid only while the callback that got them runs. */
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_scoreboard;

enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };

typedef void (*qemu_plugin_udata_cb_t)(qemu_plugin_id_t id, void *arg);
typedef void (*qemu_plugin_vcpu_udata_cb_t)(unsigned int vcpu, void *arg);
typedef void (*qemu_plugin_vcpu_tb_trans_cb_t)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);

/* The plugin defines these two. A status other than 0 of qemu_plugin_install() ends QEMU. */
extern QEMU_PLUGIN_EXPORT int qemu_plugin_version;
QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
					   char **argv);

/* Calls cb whenever a block is translated, before it runs for the first time. */
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, qemu_plugin_vcpu_tb_trans_cb_t cb);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, qemu_plugin_udata_cb_t cb, void *arg);

/* The instructions of a block, while it is translated. Data is in the order of memory. */
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
/* The type of that function since version 3: it copies the data, at most len bytes. */
typedef size_t (*qemu_plugin_insn_data_3_t)(const struct qemu_plugin_insn *insn, void *to,
					    size_t len);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

/* Before each execution of insn, the first calls cb, the second adds imm to *ptr (not atomic: one
 * CPU). */
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    qemu_plugin_vcpu_udata_cb_t cb,
					    enum qemu_plugin_cb_flags flags, void *arg);
__attribute__((weak)) void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn,
								      enum qemu_plugin_op op,
								      void *ptr, uint64_t imm);

/*
 * Since version 2 an addition is to QEMU's own memory instead: a scoreboard has an element of this
 * size, zeroed, for each CPU. Another CPU may move it, so that a pointer into it lasts no longer
 * than the callback.
 */
typedef struct {
	struct qemu_plugin_scoreboard *score;
	size_t offset;
} qemu_plugin_u64;
__attribute__((weak)) struct qemu_plugin_scoreboard *qemu_plugin_scoreboard_new(size_t size);
__attribute__((weak)) void *qemu_plugin_scoreboard_find(struct qemu_plugin_scoreboard *score,
							unsigned int vcpu);
__attribute__((weak)) void qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
	struct qemu_plugin_insn *insn, enum qemu_plugin_op op, qemu_plugin_u64 entry, uint64_t imm);

#endif
