//go:build e2e

package matrix_test

import (
	"path/filepath"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// checkKubernetes builds every overlay as kustomize does, and holds what comes out
// to the types of Kubernetes: a field that none of them has is an error.
func checkKubernetes(t *testing.T, dir string) {
	scheme := runtime.NewScheme()
	kinds := runtime.NewSchemeBuilder(appsv1.AddToScheme, autoscalingv2.AddToScheme, batchv1.AddToScheme,
		corev1.AddToScheme, networkingv1.AddToScheme, policyv1.AddToScheme)
	if err := kinds.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	decoder := json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme, scheme, json.SerializerOptions{Yaml: true, Strict: true})
	overlays, err := filepath.Glob(filepath.Join(dir, "deploy", "kubernetes", "overlays", "*"))
	if err != nil || len(overlays) == 0 {
		t.Fatalf("overlays = %v, %v, want some", overlays, err)
	}
	for _, overlay := range overlays {
		built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), overlay)
		if err != nil {
			t.Fatal(err)
		}
		if built.Size() < 5 {
			t.Errorf("%s has %d objects: it was not read", overlay, built.Size())
		}
		for _, object := range built.Resources() {
			data, err := object.AsYAML()
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := decoder.Decode(data, nil, nil); err != nil {
				t.Errorf("%s: %v", object.CurId(), err)
			}
		}
	}
}
