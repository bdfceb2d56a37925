package servers

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
)

// Names returns the keys of all objects as other programs see them: not by package
// store, but from the disk of the server, or as it answers its own clients.
func (s *Server) Names(t testing.TB) []string {
	t.Helper()
	var names []string
	var err error
	switch s.Scheme {
	case "gs":
		names, err = s.namesGS()
	case "azblob":
		names, err = s.namesAzure(t)
	default:
		root := filepath.Join(s.Dir, s.Bucket)
		err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				names = append(names, filepath.ToSlash(path[len(root)+1:]))
			}
			return err
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func (s *Server) namesGS() (names []string, err error) {
	res, err := http.Get("http://" + s.Addr + "/storage/v1/b/" + s.Bucket + "/o")
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var page struct {
		Items []struct {
			Name string `json:"name"`
		} `json:"items"`
	}
	err = json.NewDecoder(res.Body).Decode(&page)
	for _, o := range page.Items {
		names = append(names, o.Name)
	}
	return names, err
}

func (s *Server) namesAzure(t testing.TB) (names []string, err error) {
	cred, err := container.NewSharedKeyCredential(azuriteAccount, azuriteKey)
	if err != nil {
		return nil, err
	}
	client, err := container.NewClientWithSharedKeyCredential("http://"+s.Addr+"/"+azuriteAccount+"/"+s.Bucket, cred, nil)
	if err != nil {
		return nil, err
	}
	for pager := client.NewListBlobsFlatPager(nil); pager.More(); {
		page, err := pager.NextPage(t.Context())
		if err != nil {
			return nil, err
		}
		for _, o := range page.Segment.BlobItems {
			names = append(names, *o.Name)
		}
	}
	return names, nil
}
