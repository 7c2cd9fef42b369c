# Every target is one idea; CI calls the same names.
IDS      ?= suricata
RULES    ?= bundled
SCENARIO ?= office
SEED     ?= 1
SEEDS    ?= 1
OUT      ?= out
STORE    ?= .evilbench
FUZZTIME ?= 30s
GO       ?= go
GOLANGCI ?= v2.15.0

export CGO_ENABLED ?= 0

.PHONY: build test lint bench benchmark fuzz soak images clean

build: ; $(GO) build -trimpath -o bin/evilbench ./cmd/evilbench

test: ; $(GO) vet ./... && $(GO) test -timeout 20m ./...

lint: bin/golangci-lint-$(GOLANGCI) ; $< run ./...

bench: build ; ./bin/evilbench bench --ids "$(IDS)" --rules "$(RULES)" --scenario "$(SCENARIO)" --seed "$(SEED)" --seeds "$(SEEDS)" --store "$(STORE)" -o "$(OUT)"

benchmark: build ; $(GO) test -run '^$$' -bench . -benchmem ./... && $(GO) run ./benchmarks/ratios

fuzz: ; ./benchmarks/fuzz.sh $(FUZZTIME)

# Every capture of the shared data through a real engine, and many thousand adversarial joins.
soak: ; EVILBENCH_SOAK=1 $(GO) test -timeout 90m -v -run Soak ./cmd/evilbench && $(GO) test -timeout 30m -v -run Adversary ./harness/join -rapid.checks=50000

images: build ; ./bin/evilbench images build

clean: ; rm -rf bin out .evilbench

bin/golangci-lint-$(GOLANGCI): ; GOBIN=$(CURDIR)/bin $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI) && mv bin/golangci-lint $@
