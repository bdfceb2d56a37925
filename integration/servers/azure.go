package servers

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
)

// The account that every Azurite has; it is in its documentation.
const (
	azuriteAccount = "devstoreaccount1"
	azuriteKey     = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)

// makeContainer makes a container: unlike the other servers, Azurite does not
// take a folder for one.
func makeContainer(addr, name string) error {
	cred, err := container.NewSharedKeyCredential(azuriteAccount, azuriteKey)
	if err != nil {
		return err
	}
	client, err := container.NewClientWithSharedKeyCredential("http://"+addr+"/"+azuriteAccount+"/"+name, cred, nil)
	if err != nil {
		return err
	}
	_, err = client.Create(context.Background(), nil)
	return err
}
