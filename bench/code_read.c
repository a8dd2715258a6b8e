// SPDX-License-Identifier: GPL-2.0-or-later
// Functions in object files: their bytes and relocations, by libelf.

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "code_bytes.h"

#define MAX_PIECES 8

struct reloc {
	size_t offset; /* in the piece */
	unsigned type;
	long long addend;
	char target[160];
};

struct piece {
	char suffix[64]; /* "" or ".cold" */
	size_t size, nr_relocs;
	unsigned char *bytes;
	struct reloc *relocs;
};

struct code {
	size_t nr_pieces;
	struct piece pieces[MAX_PIECES];
};

/* An object while it is read. */
struct object {
	Elf *elf;
	Elf_Scn *symtab;
	size_t nr_symbols, strings;
	const char *symbol; /* that is looked for */
};

static const char *symbol_at(const struct object *o, size_t i, GElf_Sym *sym)
{
	if (!gelf_getsym(elf_getdata(o->symtab, NULL), i, sym))
		return NULL;
	return elf_strptr(o->elf, o->strings, sym->st_name);
}

/* The part of name behind the symbol looked for: "", ".cold"; NULL: another function. */
static const char *suffix_of(const struct object *o, const char *name)
{
	size_t len = strlen(o->symbol);

	if (strncmp(name, o->symbol, len) || (name[len] && name[len] != '.'))
		return NULL;
	return name + len;
}

static const char *section_name(const struct object *o, size_t index)
{
	GElf_Shdr shdr;
	Elf_Scn *scn = elf_getscn(o->elf, index);
	size_t names;

	if (!scn || !gelf_getshdr(scn, &shdr) || elf_getshdrstrndx(o->elf, &names))
		return "?";
	return elf_strptr(o->elf, names, shdr.sh_name);
}

/*
 * A jump between a function and its cold piece is a relocation against the section that the piece
 * is in, so which function that is has to be looked up. The addend of a PC-relative one is off by
 * the up to 8 bytes between field and next instruction, hence the slack.
 */
static bool own_piece_at(const struct object *o, size_t section, long long at, struct reloc *r)
{
	GElf_Sym sym;

	for (size_t i = 0; i < o->nr_symbols; i++) {
		const char *name = symbol_at(o, i, &sym);
		const char *suffix = name ? suffix_of(o, name) : NULL;

		if (!suffix || GELF_ST_TYPE(sym.st_info) != STT_FUNC || sym.st_shndx != section ||
		    at + 8 < (long long)sym.st_value ||
		    at + 8 >= (long long)(sym.st_value + sym.st_size))
			continue;
		snprintf(r->target, sizeof(r->target), "self%s", suffix);
		r->addend = at - (long long)sym.st_value;
		return true;
	}
	return false;
}

static void reloc_target(const struct object *o, const GElf_Rela *rela, struct reloc *r)
{
	const char *name, *suffix;
	GElf_Sym sym;

	r->type = GELF_R_TYPE(rela->r_info);
	r->addend = rela->r_addend;
	name = symbol_at(o, GELF_R_SYM(rela->r_info), &sym);
	if (name && GELF_ST_TYPE(sym.st_info) == STT_SECTION) {
		if (!own_piece_at(o, sym.st_shndx, rela->r_addend, r))
			snprintf(r->target, sizeof(r->target), "section %s",
				 section_name(o, sym.st_shndx));
		return;
	}
	suffix = name ? suffix_of(o, name) : NULL;
	snprintf(r->target, sizeof(r->target), "%s%s", suffix ? "self" : "",
		 suffix ? suffix : name ? name : "?");
}

static bool relocates(const GElf_Shdr *shdr, size_t section)
{
	return shdr->sh_type == SHT_RELA && shdr->sh_info == section;
}

static int read_relocs(const struct object *o, const GElf_Sym *at, struct piece *p)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr shdr;
	GElf_Rela rela;

	while ((scn = elf_nextscn(o->elf, scn))) {
		Elf_Data *data;

		if (!gelf_getshdr(scn, &shdr) || !relocates(&shdr, at->st_shndx))
			continue;
		data = elf_getdata(scn, NULL);
		for (int i = 0; data && gelf_getrela(data, i, &rela); i++) {
			struct reloc *more;

			if (rela.r_offset < at->st_value || rela.r_offset >= at->st_value + p->size)
				continue;
			more = realloc(p->relocs, (p->nr_relocs + 1) * sizeof(*more));
			if (!more)
				return -ENOMEM;
			p->relocs = more;
			memset(&more[p->nr_relocs], 0, sizeof(*more));
			more[p->nr_relocs].offset = rela.r_offset - at->st_value;
			reloc_target(o, &rela, &more[p->nr_relocs++]);
		}
	}
	return 0;
}

static int read_piece(const struct object *o, const GElf_Sym *sym, const char *suffix,
		      struct code *code)
{
	Elf_Scn *scn = elf_getscn(o->elf, sym->st_shndx);
	Elf_Data *data = scn ? elf_getdata(scn, NULL) : NULL;
	struct piece *p;

	if (!data || !data->d_buf || sym->st_value + sym->st_size > data->d_size)
		return -EINVAL;
	if (code->nr_pieces == MAX_PIECES)
		return -E2BIG;
	p = &code->pieces[code->nr_pieces++];
	snprintf(p->suffix, sizeof(p->suffix), "%s", suffix);
	p->size = sym->st_size;
	p->bytes = malloc(p->size + 1);
	if (!p->bytes)
		return -ENOMEM;
	memcpy(p->bytes, (char *)data->d_buf + sym->st_value, p->size);
	return read_relocs(o, sym, p);
}

static int read_object(struct object *o, struct code *code)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr shdr;
	GElf_Sym sym;
	int err = 0;

	while ((scn = elf_nextscn(o->elf, scn)))
		if (gelf_getshdr(scn, &shdr) && shdr.sh_type == SHT_SYMTAB) {
			o->symtab = scn;
			o->strings = shdr.sh_link;
			o->nr_symbols = shdr.sh_entsize ? shdr.sh_size / shdr.sh_entsize : 0;
		}
	for (size_t i = 0; o->symtab && i < o->nr_symbols && !err; i++) {
		const char *name = symbol_at(o, i, &sym);
		const char *suffix = name ? suffix_of(o, name) : NULL;

		if (suffix && GELF_ST_TYPE(sym.st_info) == STT_FUNC && sym.st_size)
			err = read_piece(o, &sym, suffix, code);
	}
	return err;
}

static int read_archive(int fd, const char *symbol, struct code *code)
{
	Elf *archive = elf_begin(fd, ELF_C_READ, NULL), *elf;
	Elf_Cmd cmd = ELF_C_READ;
	int err = 0;

	if (!archive || elf_kind(archive) == ELF_K_NONE) {
		elf_end(archive);
		return -EINVAL;
	}
	while (!err && (elf = elf_begin(fd, cmd, archive))) {
		struct object o = { .elf = elf, .symbol = symbol };

		if (elf_kind(elf) == ELF_K_ELF)
			err = read_object(&o, code);
		cmd = elf_next(elf);
		elf_end(elf);
	}
	elf_end(archive);
	return err;
}

int code_read(const char *file, const char *symbol, struct code **out)
{
	struct code *code = calloc(1, sizeof(*code));
	int fd, err;

	*out = NULL;
	if (!code)
		return -ENOMEM;
	elf_version(EV_CURRENT);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? -errno : read_archive(fd, symbol, code);
	if (fd >= 0)
		close(fd);
	if (!err && !code->nr_pieces)
		err = -ENOENT;
	if (err)
		code_free(code);
	else
		*out = code;
	return err;
}

void code_free(struct code *code)
{
	for (size_t i = 0; code && i < code->nr_pieces; i++) {
		free(code->pieces[i].bytes);
		free(code->pieces[i].relocs);
	}
	free(code);
}

size_t code_size(const struct code *code)
{
	size_t size = 0;

	for (size_t i = 0; i < code->nr_pieces; i++)
		size += code->pieces[i].size;
	return size;
}

static bool same_reloc(const struct reloc *a, const struct reloc *b)
{
	return a->offset == b->offset && a->type == b->type && a->addend == b->addend &&
	       !strcmp(a->target, b->target);
}

static bool same_piece(const struct piece *a, const struct piece *b)
{
	if (strcmp(a->suffix, b->suffix) || a->size != b->size || a->nr_relocs != b->nr_relocs ||
	    memcmp(a->bytes, b->bytes, a->size))
		return false;
	for (size_t i = 0; i < a->nr_relocs; i++)
		if (!same_reloc(&a->relocs[i], &b->relocs[i]))
			return false;
	return true;
}

bool code_same(const struct code *a, const struct code *b)
{
	if (a->nr_pieces != b->nr_pieces)
		return false;
	for (size_t i = 0; i < a->nr_pieces; i++) {
		bool found = false;

		for (size_t j = 0; j < b->nr_pieces && !found; j++)
			found = same_piece(&a->pieces[i], &b->pieces[j]);
		if (!found)
			return false;
	}
	return true;
}
