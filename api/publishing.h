#pragma once

#include "api/config.h"
#include "engine/run/publisher.h"

namespace motcua::api {

run::PublisherOptions publisher_options(const PublicationSettings& settings);

// Makes the files of a list that is about to be published: list.json, the envelope with document, digest and
// signature, and every form of it for people (api/print/late_files.h).
void render_published(const run::PublishedList& list, const run::KeepFile& keep);

}  // namespace motcua::api
