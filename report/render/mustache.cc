// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The C interface to kainjow's mustache (Debian: libkainjow-mustache-dev). Throws no exception.
 */
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include <kainjow/mustache.hpp>

extern "C" {
#include <results/text.h>
}

#include "mustache.h"

using kainjow::mustache::data;

struct mu {
	data::type type;
	std::string text;
	std::map<std::string, std::unique_ptr<mu>> members;
	std::vector<std::unique_ptr<mu>> items;

	explicit mu(data::type t) : type(t)
	{
	}
};

static mu *mu_new(data::type type)
{
	try {
		return new mu(type);
	} catch (const std::bad_alloc &) {
		return nullptr;
	}
}

struct mu *mu_object(void)
{
	return mu_new(data::type::object);
}

struct mu *mu_list(void)
{
	return mu_new(data::type::list);
}

struct mu *mu_bool(bool value)
{
	return mu_new(value ? data::type::bool_true : data::type::bool_false);
}

struct mu *mu_string(const char *text)
{
	try {
		auto node = std::make_unique<mu>(data::type::string);

		node->text = text;
		return node.release();
	} catch (const std::bad_alloc &) {
		return nullptr;
	}
}

int mu_set(struct mu *object, const char *key, struct mu *child)
{
	std::unique_ptr<mu> owned(child);

	if (!object || !child)
		return -ENOMEM;
	if (object->type != data::type::object)
		return -EINVAL;
	try {
		object->members[key] = std::move(owned);
	} catch (const std::bad_alloc &) {
		return -ENOMEM;
	}
	return 0;
}

int mu_push(struct mu *list, struct mu *child)
{
	std::unique_ptr<mu> owned(child);

	if (!list || !child)
		return -ENOMEM;
	if (list->type != data::type::list)
		return -EINVAL;
	try {
		list->items.push_back(std::move(owned));
	} catch (const std::bad_alloc &) {
		return -ENOMEM;
	}
	return 0;
}

void mu_free(struct mu *node)
{
	delete node;
}

static data to_data(const mu &node)
{
	data out(node.type);

	if (node.type == data::type::string)
		return data(node.text);
	for (const auto &member : node.members)
		out[member.first] = to_data(*member.second);
	for (const auto &item : node.items)
		out.push_back(to_data(*item));
	return out;
}

/* Replaces harmful characters, which could end a script's line or reverse the direction of text.
 * Newlines and tabs are left to the caller. */
static std::string without_harm(const std::string &text, const char *instead)
{
	std::string out;
	const char *p = text.c_str();
	bool harmful;
	size_t len;

	for (; (len = results_text_step(p, &harmful)); p += len) {
		if (harmful && *p != '\n' && *p != '\t')
			out += instead;
		else
			out.append(p, len);
	}
	return out;
}

static std::string escape_html(const std::string &text)
{
	return kainjow::mustache::html_escape(without_harm(text, "\xef\xbf\xbd"));
}

/* Inside single quotes gnuplot reads no escape at all, except that '' is one quote. */
static std::string escape_gnuplot(const std::string &text)
{
	std::string out;

	for (char c : without_harm(text, " ")) {
		if (c == '\'')
			out += "''";
		else
			out += c == '\n' || c == '\t' ? ' ' : c;
	}
	return out;
}

namespace
{

/* A context that records the partials that a template includes and that do not exist. */
class strict_context : public kainjow::mustache::context<std::string>
{
      public:
	strict_context(const data *root, mu_partial_fn partial) : context(root), partial_(partial)
	{
	}

	const data *get_partial(const std::string &name) const override
	{
		const char *text = partial_ ? partial_(name.c_str()) : nullptr;

		if (!text) {
			missing += missing.empty() ? name : ", " + name;
			return nullptr;
		}
		auto &slot = partials_[name];
		if (!slot)
			slot = std::make_unique<data>(std::string(text));
		return slot.get();
	}

	mutable std::string missing;

      private:
	mu_partial_fn partial_;
	mutable std::map<std::string, std::unique_ptr<data>> partials_;
};

} /* namespace */

static int render(const char *text, const struct mu *root, enum mu_escape escape,
		  mu_partial_fn partial, std::string &out, std::string &problem)
{
	kainjow::mustache::mustache engine{ std::string(text) };
	const data tree = to_data(*root);
	strict_context context(&tree, partial);
	std::ostringstream stream;

	if (!engine.is_valid()) {
		problem = engine.error_message();
		return -EINVAL;
	}
	engine.set_custom_escape(escape == MU_HTML ? escape_html : escape_gnuplot);
	engine.render(context, stream);
	if (!engine.is_valid()) {
		problem = engine.error_message();
		return -EINVAL;
	}
	if (!context.missing.empty()) {
		problem = "no such partial: " + context.missing;
		return -EINVAL;
	}
	out = stream.str();
	return 0;
}

int mu_render(const char *text, const struct mu *root, enum mu_escape escape, mu_partial_fn partial,
	      char **out, char *error, size_t size)
{
	std::string result, problem;
	int ret;

	*out = nullptr;
	try {
		ret = render(text, root, escape, partial, result, problem);
	} catch (const std::bad_alloc &) {
		ret = -ENOMEM;
	} catch (const std::exception &e) {
		ret = -EINVAL;
		problem = e.what();
	}
	if (!ret) {
		*out = strdup(result.c_str());
		if (!*out)
			ret = -ENOMEM;
	}
	if (ret)
		snprintf(error, size, "%s", problem.empty() ? "out of memory" : problem.c_str());
	return ret;
}
