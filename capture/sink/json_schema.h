/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JSON_SCHEMA_H
#define JSON_SCHEMA_H

#include "util/strbuf.h"

/* Appends the JSON Schema (draft 2020-12) of the lines of sink_json.h. */
void json_schema_format(struct strbuf *out);

#endif
