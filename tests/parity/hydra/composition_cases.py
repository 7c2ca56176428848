# SPDX-License-Identifier: MIT
"""Hand-written cases of composition: defaults lists, packages, groups, search path, YAML, flags."""

from case import TREES, cases

configs = [
    case
    for tree in ("training", "packages", "scalars", "links", "search/main", "broken")
    for path in sorted((TREES / tree).glob("*.yaml"))
    for case in cases(f"config {tree}", f"{tree}:{path.stem}", [])
]

resolved_configs = [
    case
    for place in ("links:config", "links:broken", "links:loop", "links:bad_resolver", "links:missing", "links:across", "links:hydra_refs", "links:to_containers", "training:minimal",
                  "scalars:config", "scalars:keys", "scalars:anchors", "training:only_defaults", "packages:include", "training:study")
    for case in cases("resolved config", place, ["--resolve"])
]

groups = cases(
    "group", "training:config",
    "model=vit", "model=vit_large", "model=named", "model=nowhere", "model=null", "model=", "model=1", "model=true", "model='vit'", "model=[vit]", "model=[resnet,vit]", "model=[]", "model=[nowhere]", "model=[1]", "model={depth:5}", "model=???", "model=${data}", "model='${data.name}'", "model= vit ", "model=vit,resnet", "model=/vit", "model=./vit", "model=../data/mnist", "model=vit.yaml",
    "+model=vit", "++model=vit", "~model", "~model=resnet", "~model=vit", "~model=", "~model=[resnet]", ["~model", "model.depth=5"], ["~model", "+model=vit"], ["~model", "+model.x=1"], "model@network=vit", "+model@network=vit", ["+model@network=vit", "network.depth=3"], "model@model=vit", "model@:network=vit", "model@model:network=vit", "+model@_global_=vit", "+model@_global_.x.y=vit", "+model@_group_=vit", "+model@_here_=vit", "+model@=vit", "+model@a.b.c=vit", "~model@network", "~model@model", "+model@network={x:1}",
    "schedule=cosine", "schedule=step", "schedule=null", ["schedule=step", "schedule.milestones=[1]"], "+schedule=cosine", "~schedule", "~schedule=null",
    "logger=cloud", "logger=[cloud,csv]", "logger=[csv,csv]", "logger=null", "~logger", "+logger=cloud", "logger=[]",
    "local=other", "+local=x", "experiment=fast", "experiment=nested/deep", "experiment=late", "experiment=unknown", "experiment=[fast,late]", ["experiment=fast", "model=resnet"], ["experiment=fast", "epochs=7"], ["experiment=fast", "optimizer@trainer.optimizer=sgd"], ["experiment=fast", "~schedule"], "+experiment=fast", "experiment=nowhere", "experiment@x=fast", "+experiment@x=fast",
    "optimizer=adam", "optimizer@trainer.optimizer=adam", "optimizer@trainer=adam", "+optimizer=adam", "+optimizer@extra=adam", "~optimizer", "~optimizer@trainer.optimizer", "~optimizer@trainer.optimizer=sgd", "~optimizer@trainer.optimizer=adam", "trainer.optimizer.lr=0.5", "trainer.optimizer=null", "trainer.optimizer={lr:1}", "trainer.optimizer.nowhere=1", "+trainer.optimizer.nesterov=true", "~trainer.optimizer.lr", "trainer.devices.0=5", "trainer.devices=[3]", "trainer.devices.5=1",
    "recipe=resnet_cifar", "+recipe=resnet_cifar", "+recipe=resnet_mnist", ["+recipe=resnet_mnist", "recipe/extra=large"], ["+recipe=resnet_mnist", "~recipe/extra"], ["+recipe=resnet_mnist", "recipe.small=false"], "+recipe/extra=small", "+recipe/extra@x.y=small", "recipe/extra=small", "recipe/nowhere=x", "+recipe/nowhere=x", "+recipe/special=cifar_vit",
    "hydra=x", "hydra/job_logging=none", "hydra/job_logging=quiet", "hydra/job_logging=disabled", "hydra/job_logging=nowhere", "hydra/hydra_logging=none", "hydra/launcher=basic", "hydra/launcher=joblib", "hydra/sweeper=basic", "hydra/sweeper=nowhere", "hydra/output=flat", "+hydra/output=flat", "hydra.run.dir=x", "hydra.nowhere=1", "+hydra.nowhere=1", ["++hydra.nowhere={}", "~hydra.nowhere"], "hydra.job.name=x", "~hydra.job", "hydra.job.num=1", "hydra.verbose=true", "hydra.mode=RUN", "hydra.mode=MULTIRUN", "hydra.mode=x", "hydra.output_subdir=null", "hydra.job.chdir=true", "hydra.job.chdir=5", "hydra.job.chdir=maybe", "hydra.searchpath=[]", "hydra.job.env_set.A=b", "+hydra.job.env_set.A=b", "hydra/env=default", "hydra/help=default", "hydra.sweeper.params.x=1", "+hydra.sweeper.params.x=1", "+hydra.sweeper.params={x:'1,2'}", "hydra.sweep.dir=1", "hydra.run={dir:x}", "hydra.launcher.x=1", "hydra.job.env_copy=[PARITY_NAME]", "hydra.job.env_copy=[PARITY_UNSET]",
)

other_groups = (
    cases("choose", "training:choose", [], "model=vit", "model=???", "~model", "+model=vit", "model=null", ["model=vit", "data=cifar"], "model=[vit,resnet]")
    + cases("interpolated option", "training:recipe", "model=vit", "data=mnist", ["model=vit", "data=mnist"], ["data=mnist", "recipe/extra=large"], "recipe=resnet_cifar", "~model", "~data", "model=null", "model=[vit]")
    + cases("interpolated option", "training:recipe_group", "model=vit", "data=mnist", ["model=vit", "data=mnist"], "recipe=vit_cifar", "~recipe", "~recipe=resnet_cifar", "+recipe=vit_cifar", ["data=mnist", "recipe/extra=large"], ["recipe=resnet_mnist", "recipe/extra=large"])
    + cases("study", "training:study", "model=resnet", "optimizer@trainer.optimizer=sgd", "logger=board", "schedule=null", "hydra/job_logging=quiet", "hydra/job_logging=default", "experiment=fast", ["experiment=fast", "model=resnet", "epochs=4"])
    + cases("add to a config without a list", "training:minimal", "+model=vit", "model=vit", ["+model=vit", "+data=cifar"], ["+model=vit", "a=5"], ["+model=vit", "model.depth=1"], ["+model=vit", "+model=resnet"], ["+model=vit", "+model@other=resnet"], "+experiment=fast", "+experiment=late", ["+schedule=cosine", "+experiment=late"], "+model=[vit,resnet]", "+model=null", "+model=???", "+nogroup=x", "+model={x:1}", "+optimizer@b=sgd", "+optimizer@b.c=sgd", "+optimizer@a=sgd")
    + cases("add to an empty config", "training:empty", [], "a=1", "+a=1", "+a.b.c=1", "+model=vit", "++a=[1]", "~a")
    + cases("without a config name", "training", [], "a=1", "+a=1", "+model=vit", ["+model=vit", "+a=1"], "+model@x=vit", "model=vit", "+a={b:{c:[1]}}", "hydra/job_logging=none")
    + cases("config name", "training:nowhere", [], "a=1") + cases("config name", "training:model/vit", [], "depth=1", "name=x") + cases("config name", "training:minimal.yaml", []) + cases("config name", "training:model", [])
    + cases("config name", "training:experiment/fast", [], "+schedule=step") + cases("config name", "training:model/vit_large", [], "model/vit=x") + cases("config name", "training:recipe/resnet_mnist", [], "recipe/extra=large", "extra=large") + cases("config name", "training:data", []) + cases("config name", "nowhere:config", []) + cases("config name", "training:./minimal", []) + cases("config name", "training:../training/minimal", []) + cases("config name", "training:model/../minimal", [])
)

packages = (
    cases("package", "packages:config",
          "db=postgres", "db@source=postgres", "db@backup.first=mysql", "db@_global_=mysql", "db@backup=mysql", "db@_global_.source=postgres", "server/site=blog", "server/site@here=blog", "server/site@server.here=blog", "server/site@server.second=news", "server/site=both", "server/site=moved", "server/site@here=moved", "db@server.db_here=mysql", "db@absolute=postgres", "db=global", "db@source=global", "db=elsewhere", "db@source=elsewhere", "db=inner/deep", "store=inner/leaf", "store/inner=bud", "store/inner@store.sibling=bud", "store/inner@store=bud", "store/inner@from_root=bud", "~store", "~store/inner", "~store/inner@store", "~db", "~db@source", "~db@_global_", "~db@_global_=sqlite", "~db@backup.first=postgres", "+db@new=mysql", "+db@source=mysql", "+db@source.inner=mysql", "+server=nginx", "+server=apache", "server=apache", ["+server=nginx", "server/site@web.site=news"], ["+server=nginx", "db@web.db=mysql"], "~server/site", "~server/site@server.second", "source.port=1", "backup.first.options.ssl=false", "+backup.second=1", "server.site.domain=x", "from_root.leaf=x", "leaf=x", "file=x", "driver=x", "db@=mysql", "db@source@x=mysql", "~store/inner@nowhere", "db@source=[mysql,postgres]", "db@source=null", "+db/inner=deep", "+db/inner@source=deep", "db/inner=deep")
    + cases("package", "packages:swap", [], "server=nginx", "server/site=news", "server/site@server.second=news", "db@server.db_here=postgres", "db@server.db_here=elsewhere")
    + cases("package", "packages:absolute", [], "db=postgres", "server/site@_global_=blog", "server/site=blog", "store/inner=bud", "store/inner@store=bud")
    + cases("package", "packages:pkg_header", [], "db=postgres", "db@root.pkg.db=postgres", "db@root.pkg.other=postgres", "root.pkg.inside=2", "inside=2")
    + cases("package", "packages:lists", [], "db=mysql", "db=[postgres]", "server/site@sites=[blog,news]", "server/site@sites=null", "~db", "+db=sqlite", "db/mysql=x")
    + cases("package", "packages:include", [], "db@a=postgres", "db@e=mysql", "db@f=mysql", "db@c.d=mysql", "nested@pack=uses", "db@pack.one=postgres", "db@pack.two=mysql", "nested/other@pack.three=b", "~nested@pack", "nowhere=y", "missing_config=z")
    + cases("package", "packages:interp_override", [], "db=postgres", "server=apache", ["server=apache", "db=postgres"], "server/site=blog")
    + cases("package flag", "packages:config", ["--package", "source"], ["-p", "backup.first"], ["--package", "_global_"], ["--package", "nowhere"], ["--package", "source.port"], ["--package", "top"], ["-p", "db", "db=postgres"], ["--package", ""], ["--package", "source.driver.x"], ["--package=source"], ["-psource"])
    + cases("package flag", "links:config", ["--package", "b"], ["--package", "b", "--resolve"], ["--package", "b.list"], ["--package", "b.list", "--resolve"], ["--package", "env"], ["--package", "n"], ["--package", "t"], ["--package", "f"], ["-p", "whole", "--resolve"], ["-p", "b.f", "--resolve"], ["-p", "create"], ["-p", "b.list[0]"], ["-p", "missing"], ["-p", "escaped"])
)

search = (
    cases("search path", "search/main:config",
          "kind=extra", "kind=shared", "kind=third", "far=nowhere", "hydra.searchpath=[]", ["hydra.searchpath=[file://search/third]", "kind=third"], ["hydra.searchpath=['file://search/third',file://search/extra]", "kind=shared"], "hydra.searchpath=file://search/third", "hydra.searchpath=[1]", "hydra.searchpath=null", "+hydra.searchpath=[file://search/third]", "hydra.searchpath=[file://nowhere]", ["hydra.searchpath=[search/third]", "kind=third"], ["hydra.searchpath=[pkg://nowhere]", "kind=local"], ["hydra.searchpath=['file://${oc.env:PARITY_TREES}/search/third']", "kind=third"],
          ["--config-dir", "search/third"], ["--config-dir", "search/third", "kind=third"], ["--config-dir", "search/third", "kind=shared"], ["--config-dir", "search/third", "kind=local"], ["-cd", "search/third", "+kind@x=third"], ["--config-dir", "nowhere"], ["--config-dir", "search/third", "hydra.searchpath=[file://search/extra]", "kind=shared"], ["--config-dir=search/third", "kind=third"])
    + cases("search path", "search/main:plain", "kind=extra", ["hydra.searchpath=[file://search/extra]", "kind=extra"], ["hydra.searchpath=[file://search/extra]", "kind=shared"], ["hydra.searchpath=[file://search/third]", "kind=local"], ["hydra.searchpath=[file://search/extra]", "+far=away"], ["--config-dir", "search/third", "kind=third"])
    + cases("search path", "search/main:lonely", [], ["--config-dir", "search/third"], ["hydra.searchpath=[file://search/third]"])
    + cases("hydra keys", "search/main:hydra_keys", ["--cfg", "hydra", "-p", "hydra.run"], ["--cfg", "hydra", "-p", "hydra.job.name"], ["--cfg", "hydra", "-p", "hydra.run", "--resolve"], ["--cfg", "hydra", "-p", "hydra.job.env_set"], ["--cfg", "hydra", "-p", "hydra.job_logging"])
)

flags = [
    case
    for arguments in (["model=vit"], ["model=vit", "epochs=3", "+x=1"], ["hydra.run.dir=elsewhere"], ["hydra/job_logging=none", "model=vit"], ["~schedule", "++seed=2"], ["+model@extra=vit"], ["name='a b'"], ["tags=[x, y]"], ["seed=1", "epochs=2", "hydra.job.config.override_dirname.exclude_keys=[seed]"], ["epochs=2", "seed=3", "hydra.job.config.override_dirname.kv_sep=':'", "hydra.job.config.override_dirname.item_sep='/'"])
    for package in ("hydra.overrides", "hydra.runtime.choices", "hydra.job.override_dirname")
    for case in cases("cfg hydra", "training:config", ["--cfg", "hydra", "--package", package, *arguments])
] + cases("flags", "training:config",
          ["--cfg", "all", "-p", "model"], ["--cfg", "all", "-p", "hydra.sweep"], ["--cfg", "hydra", "-p", "hydra.sweep"], ["--cfg", "hydra", "-p", "hydra.help"], ["--cfg", "job", "-p", "hydra"], ["--cfg", "nowhere"], ["-c", "job", "required=1"], ["--cfg"], ["--nonsense"], ["--resolve", "required=1"], ["--resolve"], ["--epochs=3"], ["-x"],
          ["--cfg", "hydra", "-p", "hydra.hydra_logging"], ["--cfg", "hydra", "-p", "hydra.job_logging"], ["--cfg", "hydra", "-p", "hydra.env"], ["--cfg", "hydra", "-p", "hydra.mode"], ["--cfg", "hydra", "-p", "hydra.verbose"], ["--cfg", "hydra", "-p", "hydra.output_subdir"], ["--cfg", "hydra", "-p", "hydra.callbacks"], ["--cfg", "hydra", "-p", "hydra.searchpath"], ["--cfg", "hydra", "-p", "hydra.job.config"], ["--cfg", "hydra", "-p", "hydra.job.env_copy"], ["--cfg", "hydra", "-p", "hydra.job.id"], ["--cfg", "hydra", "-p", "hydra.job.num"], ["--cfg", "hydra", "-p", "hydra.runtime.output_dir"],
          ["--", "epochs=3", "required=1"], ["epochs=3", "--cfg", "job", "required=1"], ["required=1", "--", "-x=1"])

yaml = (
    cases("YAML", "scalars:config", "x=5", "x='a: b'", "integers.0=5", "strings=[]", "missing=1", "+new='x'", "~floats", "empty_map=5", "+empty_map.x=1", "nested_empty.a={x:1}", "list_of_maps.1.b.0=z", "list_of_lists.1.1.0=z", "interpolated=1", "blank=x", "last=null", "x=1e3", "tagged=[1]", "empty_list={a:1}", "empty_list=5", "x={a:1}", "x=[1]", "list_of_maps.2.0=5")
    + cases("YAML", "scalars:keys", "plain=2", "a-b=3", "a_b=3", "nested.1=x", "1=x", "true=x", "y=5", "n=5", "nested.10.20=x", "+nested.5=x", "a.b=5", "$d=5", "no=x", "null=5", "~plain", "~1", "~nested.10", "é=5")
    + cases("YAML", "scalars:anchors", "base.a=5", "same.c.d=9", "merged.b=1", "again.1.a=x", "both.e=7")
    + cases("merge", "scalars:merge_kinds", [], "group=two", ["group=two", "other.l=1"], "group@other=one", "other.l=5", "group.w={z:1}", "group.w.x=1", "group.l=[1,2]", "other.w.y=3", "+group.w.x=1", "++group.w.x=1")
    + cases("merge", "packages:keys", [], "db.port=5", "db.user=plain", "db.user.name=x", "db={port:9}", "db.driver={a:1}", "db.driver.x=1", "+db.driver.x=1", "++db.driver.x=1", "db.driver=[1]", "~db.user", "db.user={age:5}", "+db.user={age:5}", "db.user=null", ["db.user=null", "db.user.name=x"], ["db.user=null", "+db.user.name=x"], ["db.user=null", "++db.user={a:1}"], ["db.user=???", "db.user.name=x"], ["db.port=???", "db.port=5"])
)

broken = cases("missing values", "training:config", ["-p", "required"], ["-p", "name", "--resolve"]) + cases(
    "broken config with overrides", "broken:override_wrong_package", "group@x=b", "group=b", "~group@x") + cases("broken config with overrides", "broken:missing_mandatory", "group=a", "~group", "group=nowhere") + cases(
    "broken config with overrides", "broken:same_group", "group=a", "~group") + cases("broken config with overrides", "broken:cycle", "~group") + cases("broken config with overrides", "broken:merge_conflict", "group=a", "~group") + cases(
    "broken config with overrides", "broken:ok", "+group=list", "+group=nothing", "+group=root_list", "+group=root_text", "+group@x=root_list", "+group=1", "+group=true", "+group='1'", ["+group=a", "+other=a"], "+group=c/../a", "fine=false", "+group@fine=a", "fine.x=1")

CASES = configs + resolved_configs + groups + other_groups + packages + search + flags + yaml + broken
