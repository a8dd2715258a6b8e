/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The models of each mechanism; each array ends with a row without a mechanism. */
#ifndef REF_EXPLORE_MODELS_H
#define REF_EXPLORE_MODELS_H

#include <ref/explore.h>

extern const struct explore_model explore_litmus_models[]; /* test the explorer itself */
extern const struct explore_model explore_litmus_event_models[];
extern const struct explore_model explore_gup_models[];
extern const struct explore_model explore_gather_models[];
extern const struct explore_model explore_asid_models[];    /* of gather */
extern const struct explore_model explore_reclaim_models[]; /* of gather */
extern const struct explore_model explore_thp_models[];
extern const struct explore_model explore_longterm_models[];
extern const struct explore_model explore_dax_models[];
extern const struct explore_model explore_kmap_models[];

#endif
